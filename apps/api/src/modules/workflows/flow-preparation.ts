import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  describeInputs,
  hashFlow,
  inspectFlow,
  liftSecrets,
  listBindings,
  restoreMasked,
  type Binding,
  type ComponentCatalogue,
  type Finding,
  type FlowData,
  type FlowInterface,
} from '@weir/flow';
import type { Actor } from '@weir/kernel';
import { SecretsService, type NewSecret } from '../secrets/secrets.service';
import { BLANK_FLOW } from './blank-flow';
import type { LocatedFlow } from './read-flows';
import { candidateNames, nameSecrets, type LiftedFlow } from './secret-names';
import { inlineSecretsRefused, withoutOutput } from './workflows.errors';
import { CATALOGUE } from './workflows.tokens';

export const INLINE_SECRETS = ['store', 'discard', 'reject'] as const;
/** What becomes of secret values that stand in a flow. */
export type InlineSecrets = (typeof INLINE_SECRETS)[number];

/** What a version consists of. Holds no secret. */
export interface PreparedFlow {
  readonly flowData: FlowData;
  readonly contentHash: string;
  readonly bindings: readonly Binding[];
  readonly findings: readonly Finding[];
  readonly interface: FlowInterface;
}

export interface PreparedFlows {
  readonly flows: readonly PreparedFlow[];
  /** To be stored with the flows, in one transaction. */
  readonly secrets: readonly NewSecret[];
}

/** From a flow that somebody sent to one that can be stored: without secrets, inspected, described. Writes nothing. */
@Injectable()
export class FlowPreparation {
  constructor(
    private readonly secrets: SecretsService,
    @Inject(CATALOGUE) private readonly catalogue: ComponentCatalogue,
  ) {}

  /**
   * @param previous what a mask in the flow stands for; in a new flow it stands for nothing and becomes empty
   * @throws AppError 422 `inline_secrets` when the flows hold secrets and `inlineSecrets` is `reject`
   */
  async prepare(
    actor: Actor,
    located: readonly LocatedFlow[],
    inlineSecrets: InlineSecrets,
    previous: FlowData = BLANK_FLOW,
  ): Promise<PreparedFlows> {
    const lifted = await oneByOne(located, ({ document }) =>
      liftSecrets(restoreMasked(previous, document.flowData)),
    );
    if (inlineSecrets === 'reject') refuseSecrets(located, lifted);
    const unnamed = { flows: lifted.map(({ flowData }) => flowData), secrets: [] };
    const { flows, secrets } =
      inlineSecrets === 'store' ? nameSecrets(lifted, await this.namesInUse(actor, lifted)) : unnamed;
    return { flows: await oneByOne(flows, (flowData) => this.describe(flowData)), secrets };
  }

  /** For flow data that holds no secret: one that was stored before, or an empty one. */
  describe(flowData: FlowData): PreparedFlow {
    return {
      flowData,
      contentHash: hashFlow(flowData),
      bindings: listBindings(flowData),
      findings: inspectFlow(flowData, this.catalogue),
      interface: describeInputs(flowData),
    };
  }

  private async namesInUse(actor: Actor, lifted: readonly LiftedFlow[]): Promise<ReadonlySet<string>> {
    const candidates = candidateNames(lifted);
    if (candidates.length === 0) return new Set();
    const found = await this.secrets.describeResolution(actor, candidates);
    return new Set([...found].flatMap(([name, owner]) => (owner === 'user' ? [name] : [])));
  }
}

/** Lets other requests in between: a file may hold a hundred flows, and a big flow takes its time. */
async function oneByOne<In, Out>(items: readonly In[], work: (item: In) => Out): Promise<Out[]> {
  const results: Out[] = [];
  for (const item of items) {
    results.push(work(item));
    await nextTurn();
  }
  return results;
}

function refuseSecrets(located: readonly LocatedFlow[], flows: readonly LiftedFlow[]): void {
  const secrets = flows.flatMap(({ lifted }, index) =>
    lifted.map((secret) => ({ ...secret, at: `${located[index]?.pointer ?? ''}${secret.pointer}` })),
  );
  if (secrets.length > 0) throw inlineSecretsRefused(secrets);
}

/** A new workflow is either empty, to be drawn later, or answers something. */
export function requireOutputs(located: readonly LocatedFlow[], flows: readonly PreparedFlow[]): void {
  const silent = flows.flatMap((flow, index) => {
    const isDrawn = flow.flowData.nodes.length > 0;
    return isDrawn && flow.interface.outputs.length === 0 ? [`${located[index]?.pointer ?? ''}/nodes`] : [];
  });
  if (silent.length > 0) throw withoutOutput(silent);
}
