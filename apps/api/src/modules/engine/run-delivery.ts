import { buildTweaks, type Binding, type FlowData } from '@weir/flow';
import { isJsonObject, type JsonValue } from '@weir/kernel';
import { injectSecrets } from '@weir/langflow-client';
import { secretUndeliverable } from './engine.errors';
import type { EngineRunRequest, Tweaks } from './engine-run';

/** What travels with a run beside its input. Holds secrets. */
export interface RunDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly tweaks: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
}

/** True when the flow itself must be looked at: for tweaks of the caller, and for secrets in places that hold no name. */
export function needsFlow({ tweaks, bindings }: EngineRunRequest): boolean {
  return Object.keys(tweaks).length > 0 || bindings.some(({ delivery }) => delivery === 'tweak');
}

/**
 * Puts the caller's tweaks and the run's secrets together; where both name a field, the secret stands.
 * @param flowData may be null only when {@link needsFlow} said so
 * @throws AppError 422 `secret_undeliverable` when a value can go neither by header nor into the field
 */
export function toDelivery(request: EngineRunRequest, flowData: FlowData | null): RunDelivery {
  const references = request.bindings.filter(({ delivery }) => delivery === 'reference');
  const injected = injectSecrets(references, request.secretValues);
  refuseCells(references, injected.tweaks);
  const built = flowData === null ? {} : objectsOf(buildTweaks(flowData, request.secretValues).tweaks);
  return { headers: injected.headers, tweaks: merge(request.tweaks, injected.tweaks, built) };
}

/** A value that fits no header goes into the field itself, but a cell of a table is no field. */
function refuseCells(bindings: readonly Binding[], tweaks: Tweaks): void {
  const cell = bindings.find(
    ({ nodeId, field }) => field.includes('/') && tweaks[nodeId]?.[field] !== undefined,
  );
  if (cell !== undefined) throw secretUndeliverable(cell.secretName, cell.nodeName);
}

function merge(...layers: readonly Tweaks[]): Tweaks {
  const merged: Record<string, Record<string, JsonValue>> = {};
  for (const layer of layers) {
    for (const [nodeId, fields] of Object.entries(layer)) merged[nodeId] = { ...merged[nodeId], ...fields };
  }
  return merged;
}

function objectsOf(tweaks: Readonly<Record<string, JsonValue>>): Tweaks {
  return Object.fromEntries(
    Object.entries(tweaks).filter((entry): entry is [string, Record<string, JsonValue>] =>
      isJsonObject(entry[1]),
    ),
  );
}
