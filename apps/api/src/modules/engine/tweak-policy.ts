import { liftSecrets, type Binding, type FlowData, type FlowNode, type TemplateField } from '@weir/flow';
import { isJsonObject, type FieldError, type JsonValue } from '@weir/kernel';
import type { Tweaks } from './engine-run';

/** Types of fields that hold code, tools, commands or the choice of a model with everything that comes along. */
const FIXED_TYPES: ReadonlySet<string> = new Set(['code', 'mcp', 'model', 'tools']);
const SECRET_INPUTS: ReadonlySet<string> = new Set(['SecretStrInput', 'MultilineSecretInput', 'AuthInput']);
/** Where a component sends its secret to: whoever could change that could have the secret sent to himself. */
const ADDRESS = /(?:^|_)(?:url|uri|host|hostname|endpoint|base|server|proxy|domain|address|port)(?:_|$)/i;

/**
 * What a caller may not change for a run: fields that are or hold secrets, code, and the addresses that secrets are sent to.
 * Langflow also applies tweaks to nodes by their display name, so that every node that a key could mean is looked at.
 * @returns one entry for each tweak that is refused, with its place in the body of the run
 */
export function findRefusedTweaks(
  flowData: FlowData,
  bindings: readonly Binding[],
  tweaks: Tweaks,
): FieldError[] {
  return Object.entries(tweaks).flatMap(([key, fields]) => {
    const pointer = `/tweaks/${escapePointer(key)}`;
    if (!flowData.nodes.some(({ id }) => id === key)) {
      return [{ pointer, detail: 'is not the id of a node of this workflow' }];
    }
    const meant = flowData.nodes.filter(
      (node) => node.id === key || definitionOf(node)['display_name'] === key,
    );
    return Object.entries(fields).flatMap(([name, value]) => {
      const reason =
        meant.map((node) => reasonAgainst(node, bindings, name, value)).find((found) => found !== null) ??
        null;
      return reason === null ? [] : [{ pointer: `${pointer}/${escapePointer(name)}`, detail: reason }];
    });
  });
}

function reasonAgainst(
  node: FlowNode,
  bindings: readonly Binding[],
  name: string,
  value: JsonValue,
): string | null {
  const template = definitionOf(node)['template'];
  const field = isJsonObject(template) && Object.hasOwn(template, name) ? template[name] : undefined;
  if (!isJsonObject(field)) return 'is not a field of this node';
  const bound = bindings.filter(({ nodeId }) => nodeId === node.id);
  if (isSecretPlace(field, name, bound)) return 'holds a secret; store another value for the secret instead';
  if (name === 'code' || isOneOf(FIXED_TYPES, field['type']))
    return 'cannot be changed for a run; change the workflow';
  if (isJsonObject(value) && field['type'] !== 'dict' && field['type'] !== 'NestedDict') {
    return 'must be a plain value: an object would change how the field works';
  }
  if (bound.length > 0 && ADDRESS.test(name))
    return 'is an address to which the component sends a secret; change the workflow';
  return carriesSecret(node, name, value)
    ? 'would carry a secret; store it as a secret of yours and refer to it'
    : null;
}

function isSecretPlace(field: TemplateField, name: string, bound: readonly Binding[]): boolean {
  if (
    field['password'] === true ||
    field['load_from_db'] === true ||
    isOneOf(SECRET_INPUTS, field['_input_type'])
  )
    return true;
  return bound.some((binding) => binding.field === name || binding.field.startsWith(`${name}/`));
}

/** Asks the rules that take secrets out of flows what they would do with this value in this place. */
function carriesSecret(node: FlowNode, name: string, value: JsonValue): boolean {
  const copy = structuredClone(node);
  const template = definitionOf(copy)['template'];
  const field = isJsonObject(template) ? template[name] : undefined;
  if (!isJsonObject(field)) return false;
  field['value'] = value;
  const { lifted } = liftSecrets({ nodes: [copy], edges: [] });
  return lifted.some((found) => found.field === name || found.field.startsWith(`${name}/`));
}

function definitionOf(node: FlowNode): Readonly<Record<string, JsonValue>> {
  const definition = node.data['node'];
  return isJsonObject(definition) ? definition : {};
}

function isOneOf(names: ReadonlySet<string>, value: JsonValue | undefined): boolean {
  return typeof value === 'string' && names.has(value);
}

/** RFC 6901. */
function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
