import type { Finding, Rule, Severity } from './types';
import type { NodePlace } from './walk';

/** A finding about one node; `what` continues "'<name>' (<id>) …" and must not quote values that could be secret. */
export function aboutNode(place: NodePlace, severity: Severity, rule: Rule, what: string): Finding {
  const detail = `'${place.name || place.type}' (${place.id}) ${what}.`;
  return { severity, rule, nodeId: place.id, component: place.type || null, detail };
}
