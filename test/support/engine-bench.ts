import { setTimeout as delay } from 'node:timers/promises';
import { AppError, newContext, newId, runInContext, type Actor, type JsonObject } from '@weir/kernel';
import { EngineCopies } from '../../apps/api/src/modules/engine/engine-copies.service';
import { EngineMonitor } from '../../apps/api/src/modules/engine/engine-monitor';
import { EngineService } from '../../apps/api/src/modules/engine/engine.service';
import type {
  EngineAnswer,
  EngineRunEvent,
  EngineRunRequest,
} from '../../apps/api/src/modules/engine/engine-run';
import { FlowSources } from '../../apps/api/src/modules/engine/flow-sources';
import { startEngineApp, type EngineApp, type EngineAppOptions } from './engine-app';
import { actorOf, plantWorkflow, type PlantedWorkflow } from './planted-workflow';

/** The engine feature of one app, with workflows that this file plants itself. */
export class EngineBench {
  private readonly workflows = new Map<string, PlantedWorkflow>();

  private constructor(readonly app: EngineApp) {
    app.app.get(FlowSources, { strict: false }).register({
      getFlow: async (_actor, id) => {
        const found = this.workflows.get(id);
        return found === undefined ? null : { name: 'Planted', description: null, flowData: found.flowData };
      },
    });
  }

  static async start(options: EngineAppOptions = {}): Promise<EngineBench> {
    const app = await startEngineApp(options);
    // The first question to the engine is over: what it sees from now on comes from the test.
    if (options.engineDown !== true) await app.app.get(EngineMonitor, { strict: false }).requireUsable();
    return new EngineBench(app);
  }

  get engine(): EngineService {
    return this.app.app.get(EngineService, { strict: false });
  }

  get copies(): EngineCopies {
    return this.app.app.get(EngineCopies, { strict: false });
  }

  async person(): Promise<Actor> {
    return actorOf(await this.app.signUp());
  }

  async plant(actor: Actor, data: JsonObject): Promise<PlantedWorkflow> {
    const workflow = await plantWorkflow(this.app.database, actor, data);
    this.workflows.set(workflow.id, workflow);
    return workflow;
  }

  as<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
    return runInContext(newContext({ requestId: newId(), actor }), work);
  }

  run(
    actor: Actor,
    workflow: PlantedWorkflow,
    overrides: Partial<EngineRunRequest> = {},
  ): Promise<EngineAnswer> {
    return this.as(actor, () => this.engine.run(actor, requestOf(workflow, overrides)));
  }

  stream(
    actor: Actor,
    workflow: PlantedWorkflow,
    overrides: Partial<EngineRunRequest> = {},
  ): Promise<EngineRunEvent[]> {
    return this.as(actor, async () => {
      const events: EngineRunEvent[] = [];
      for await (const event of this.engine.stream(actor, requestOf(workflow, overrides))) events.push(event);
      return events;
    });
  }

  async copyRows(): Promise<Record<string, unknown>[]> {
    return this.app.database.query(
      'select id, workflow_id, state, error, attempts, version_number from engine_flows',
    );
  }

  /** Every row of every table as text: what somebody with the database has. */
  async dump(): Promise<string> {
    const tables = await this.app.database.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    );
    const texts = await Promise.all(
      tables.map(({ name }) =>
        this.app.database.query<{ row: string }>(`select t::text as row from ${name} t`),
      ),
    );
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n');
  }
}

function requestOf(workflow: PlantedWorkflow, overrides: Partial<EngineRunRequest>): EngineRunRequest {
  return {
    workflowId: workflow.id,
    versionNumber: 1,
    readyFlowId: null,
    sessionId: newId(),
    input: 'good morning',
    tweaks: {},
    bindings: workflow.bindings,
    secretValues: new Map(),
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** The AppError that the work fails with. */
export async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => Promise.reject(new Error('must fail')),
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
}

/** Waits until it is so. */
export async function eventually(check: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error('did not happen in time');
    await delay(50);
  }
}

/** The pieces of a stream, joined. */
export const textOf = (events: readonly EngineRunEvent[]): string =>
  events.flatMap((event) => (event.type === 'token' ? [event.text] : [])).join('');
