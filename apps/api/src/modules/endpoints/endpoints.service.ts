import { Injectable } from '@nestjs/common';
import { notFound, type Actor, type JsonObject } from '@weir/kernel';
import { OrganizationsService } from '../organizations/organizations.service';
import type { Run, RunMode } from '../runs/run';
import type { RunStream } from '../runs/run-stream';
import { RunsService } from '../runs/runs.service';
import { WorkflowsService } from '../workflows/workflows.service';
import { endpointFields } from './endpoint-fields';
import { describeEndpoints } from './endpoints-document';
import { readEndpointBody } from './read-endpoint-body';

/** Published workflows as other programs see them: one address each, with typed inputs. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly workflows: WorkflowsService,
    private readonly runs: RunsService,
    private readonly organizations: OrganizationsService,
  ) {}

  /**
   * @throws AppError 404 when no published workflow has the slug, 422 when the body is not what its flow takes; the engine
   *   has not heard of it then
   */
  async run(actor: Actor, slug: string, body: unknown, mode: RunMode): Promise<Run | RunStream> {
    const endpoint = await this.workflows.getEndpoint(actor, slug);
    const { input, tweaks } = readEndpointBody(endpointFields(endpoint.interface), body);
    return this.runs.start(actor, endpoint.id, { input, tweaks, mode, conversationId: null });
  }

  /** The OpenAPI document of the actor's organization: what the actor can run, and nothing else. */
  async describe(actor: Actor, organizationId: string, serverUrl: string | undefined): Promise<JsonObject> {
    if (organizationId !== actor.organizationId) throw notFound('organization', organizationId);
    const { name } = await this.organizations.getActive(actor);
    return describeEndpoints(name, await this.workflows.listEndpoints(actor), serverUrl);
  }
}
