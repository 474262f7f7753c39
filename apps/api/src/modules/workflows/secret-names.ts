import { listBindings, renameSecrets, type FlowData, type LiftedSecret } from '@weir/flow';
import type { NewSecret } from '../secrets/secrets.service';

export interface LiftedFlow {
  readonly flowData: FlowData;
  readonly lifted: readonly LiftedSecret[];
}

export interface NamedFlows {
  readonly flows: readonly FlowData[];
  readonly secrets: readonly NewSecret[];
}

/** How many numbered names are asked for at once; an owner with more of the same name gets a longer number. */
const CANDIDATES = 20;

/** Every name that {@link nameSecrets} may want to use. */
export function candidateNames(flows: readonly LiftedFlow[]): string[] {
  const names = new Set(flows.flatMap(({ lifted }) => lifted.map(({ name }) => name)));
  return [...names].flatMap((name) =>
    Array.from({ length: CANDIDATES }, (_unused, index) => numbered(name, index + 1)),
  );
}

/**
 * Gives the values that were lifted from flows names that are free: a flow that somebody sent never replaces a secret that
 * its importer keeps, and two flows of one file that use one name for two values get two names.
 * @param taken names under which the owner already keeps values
 */
export function nameSecrets(flows: readonly LiftedFlow[], taken: ReadonlySet<string>): NamedFlows {
  const byName = new Map<string, NewSecret>();
  const inUse = new Set([...taken, ...flows.flatMap(referencesBesides)]);
  const renamed = flows.map(({ flowData, lifted }) => {
    const names = new Map<string, string>();
    for (const secret of lifted) {
      const name = names.get(secret.name) ?? pickName(secret, inUse, byName);
      names.set(secret.name, name);
      byName.set(name, { name, value: secret.value, provider: secret.provider });
    }
    const changes = new Map([...names].filter(([before, after]) => before !== after));
    return changes.size === 0 ? flowData : renameSecrets(flowData, changes);
  });
  return { flows: renamed, secrets: [...byName.values()] };
}

function pickName(
  secret: LiftedSecret,
  taken: ReadonlySet<string>,
  given: ReadonlyMap<string, NewSecret>,
): string {
  for (let number = 1; ; number++) {
    const name = numbered(secret.name, number);
    const holder = given.get(name);
    if (holder === undefined ? !taken.has(name) : holder.value === secret.value) return name;
  }
}

/** Names that the flow refers to by itself: no lifted value may slip under them. */
function referencesBesides({ flowData, lifted }: LiftedFlow): string[] {
  const own = new Set(lifted.map(({ name }) => name));
  return listBindings(flowData).flatMap(({ secretName }) => (own.has(secretName) ? [] : [secretName]));
}

function numbered(name: string, number: number): string {
  return number === 1 ? name : `${name.slice(0, 120)}_${number}`;
}
