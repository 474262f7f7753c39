import { hashFlow, listBindings, parseFlow, type Binding, type FlowData } from '@weir/flow';
import { newId, type Actor, type JsonObject } from '@weir/kernel';
import type { TestDatabase } from '@weir/testing';
import type { ApiClient } from './api-client';

export interface PlantedWorkflow {
  readonly id: string;
  readonly flowData: FlowData;
  readonly bindings: readonly Binding[];
}

export function actorOf(client: ApiClient): Actor {
  const { user, organization } = client.me;
  return { userId: user.id, organizationId: organization.id, role: 'owner', via: 'session' };
}

/** A workflow with one version, written straight into the database: for tests of what stands below the workflows feature. */
export async function plantWorkflow(
  database: TestDatabase,
  { organizationId, userId }: Actor,
  data: JsonObject,
): Promise<PlantedWorkflow> {
  const { flowData } = parseFlow(data);
  const bindings = listBindings(flowData);
  const projectId = newId();
  const id = newId();
  await database.query('insert into projects (organization_id, id, user_id, name) values ($1, $2, $3, $4)', [
    organizationId,
    projectId,
    userId,
    `Project ${projectId}`,
  ]);
  await database.query(
    `insert into workflows (organization_id, id, user_id, project_id, name, latest_version) values ($1, $2, $3, $4, $5, 1)`,
    [organizationId, id, userId, projectId, 'Planted'],
  );
  await database.query(
    `insert into workflow_versions (organization_id, id, user_id, workflow_id, number, flow_data, content_hash, bindings, findings, interface, created_by)
     values ($1, $2, $3, $4, 1, $5, $6, $7, '[]', '{}', $3)`,
    [
      organizationId,
      newId(),
      userId,
      id,
      JSON.stringify(flowData),
      hashFlow(flowData),
      JSON.stringify(bindings),
    ],
  );
  return { id, flowData, bindings };
}
