import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@weir/kernel';

export interface FakeFlow {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly description: string | null;
  readonly data: JsonObject;
  readonly endpointName: string | null;
  readonly tags: readonly string[] | null;
  readonly accessType: string;
  readonly mcpEnabled: boolean;
  readonly versionToken: string;
}

export type FlowInput = Omit<FakeFlow, 'versionToken'>;

/** The flows of all users of the fake. */
export class FakeFlows {
  private readonly byId = new Map<string, FakeFlow>();

  /** By id, or by endpoint name; only the user's own. */
  find(userId: string, idOrEndpointName: string): FakeFlow | null {
    const own = this.listOf(userId);
    return own.find((flow) => flow.id === idOrEndpointName || flow.endpointName === idOrEndpointName) ?? null;
  }

  listOf(userId: string): FakeFlow[] {
    return [...this.byId.values()].filter((flow) => flow.userId === userId);
  }

  /** Whoever it belongs to: for assertions. */
  get all(): FakeFlow[] {
    return [...this.byId.values()];
  }

  /**
   * Creates or replaces.
   * @returns `foreign` for an id of another user, `conflict` for an endpoint name that is taken
   */
  put(input: FlowInput): { readonly flow: FakeFlow; readonly created: boolean } | 'foreign' | 'conflict' {
    const existing = this.byId.get(input.id);
    if (existing !== undefined && existing.userId !== input.userId) return 'foreign';
    const others = this.listOf(input.userId).filter((flow) => flow.id !== input.id);
    if (input.endpointName !== null && others.some((flow) => flow.endpointName === input.endpointName))
      return 'conflict';
    const flow = { ...input, name: freeName(input.name, others), versionToken: randomUUID() };
    this.byId.set(flow.id, flow);
    return { flow, created: existing === undefined };
  }

  delete(userId: string, id: string): boolean {
    return this.byId.get(id)?.userId === userId && this.byId.delete(id);
  }
}

/** Langflow does not refuse a taken name, it numbers it. */
function freeName(name: string, others: readonly FakeFlow[]): string {
  const taken = new Set(others.map((flow) => flow.name));
  if (!taken.has(name)) return name;
  let number = 1;
  while (taken.has(`${name} (${number})`)) number += 1;
  return `${name} (${number})`;
}
