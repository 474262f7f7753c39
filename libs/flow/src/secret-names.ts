import { providerOfNode } from './components';
import { providerOfComponent, providerOfKey, providerOfSecret, PROVIDERS } from './providers';
import { isSecretReferenceName, toSecretName } from './references';
import type { FieldPlace } from './walk';

/** Field names that say what kind of secret it is, but not whose. */
const GENERIC =
  /^(?:api_?key|key|token|secret|password|passwd|access_token|api_token|auth_token|bearer_token|value)$/i;

/**
 * The name a secret would have if a person had named it: the provider's usual one, else the field's, else component and field.
 * @param label the row or header inside the field, when the secret is a cell of a table
 */
export function suggestName(place: FieldPlace, value: string, label?: string): string {
  const { owner: node, ownName: fieldName } = place;
  if (label !== undefined) return toSecretName(`${bareType(node.type)}_${label}`);
  if (GENERIC.test(fieldName)) {
    const provider = /key|token|secret/i.test(fieldName)
      ? (providerOfKey(value) ?? providerOfNode(node))
      : null;
    return provider?.secretName ?? toSecretName(`${bareType(node.type)}_${fieldName}`);
  }
  const ownName = toSecretName(fieldName);
  const isSpecific = fieldName.includes('_') && PROVIDERS.some((known) => known.components?.test(fieldName));
  if (isSpecific || /^aws_/i.test(fieldName)) return ownName;
  const provider = providerOfComponent(node.type);
  const isItsKey = provider?.secretName?.endsWith(ownName) === true;
  return isItsKey && provider.secretName !== null
    ? provider.secretName
    : toSecretName(`${bareType(node.type)}_${fieldName}`);
}

/** `ext:tavily:TavilySearchComponent@official` -> `TavilySearch`. */
function bareType(type: string): string {
  const bare = /^ext:[^:]*:([^@]*)/.exec(type)?.[1] ?? type;
  return bare.replace(/Component$/, '') || 'NODE';
}

/** Gives out names: the same to equal values, and never one that already stands for something else. */
export class SecretNames {
  private readonly byValue = new Map<string, string>();
  private readonly counters = new Map<string, number>();
  private readonly taken: Set<string>;

  /** @param existing names that the flow refers to already; what they stand for is not known here */
  constructor(existing: Iterable<string>) {
    this.taken = new Set(existing);
  }

  nameFor(value: string, suggestion: string): string {
    const known = this.byValue.get(value);
    if (known !== undefined) return known;
    const base = isSecretReferenceName(suggestion) ? suggestion : toSecretName(suggestion);
    const name = this.freeName(base);
    this.taken.add(name);
    this.byValue.set(value, name);
    return name;
  }

  /** Goes on counting where it stopped: a table can hold thousands of values of one header. */
  private freeName(base: string): string {
    let name = base;
    while (this.taken.has(name)) {
      const counter = (this.counters.get(base) ?? 1) + 1;
      this.counters.set(base, counter);
      name = `${base}_${counter}`;
    }
    return name;
  }
}

/** Id of the provider that a secret belongs to, by its name or by the component that uses it. */
export function providerIdOf(secretName: string, place: FieldPlace): string | null {
  const provider = providerOfSecret(secretName);
  if (provider !== null) return provider.id;
  return GENERIC.test(place.ownName) && /key|token/i.test(place.ownName)
    ? (providerOfNode(place.owner)?.id ?? null)
    : null;
}
