import type { FlowInput, FlowInterface } from '@weir/flow';
import type { JsonObject } from '@weir/kernel';

/** One member of the body that runs a published workflow. */
export interface EndpointField {
  /** Of the member. */
  readonly name: string;
  readonly title: string;
  readonly type: FlowInput['type'];
  readonly required: boolean;
  /** Where the value goes: what the chat gets, or a field of a node. */
  readonly target: 'input' | { readonly nodeId: string; readonly field: string };
}

/** As much as a run takes. */
export const MAX_TEXT = 200_000;

/**
 * What the body of a run by slug has, derived from the flow: `input` for the chat, and each text input and exposed field by
 * its name. A name that several of them have is told apart by the node: the order in the flow must not decide.
 */
export function endpointFields({ inputs, hasChatInput }: FlowInterface): EndpointField[] {
  const named = inputs.filter(({ kind }) => kind === 'text' || kind === 'tweak');
  const uses = Map.groupBy(named, baseName);
  const fields = named.map((input): EndpointField => {
    const base = baseName(input);
    const { nodeId, field, title, type, required } = input;
    const isUnique = (uses.get(base)?.length ?? 0) === 1 && base !== 'input';
    return { name: isUnique ? base : `${base}_${nodeId}`, title, type, required, target: { nodeId, field } };
  });
  const chat: EndpointField = {
    name: 'input',
    title: 'Message',
    type: 'string',
    required: true,
    target: 'input',
  };
  return hasChatInput ? [chat, ...fields] : fields;
}

/** JSON Schema (2020-12) of the body. */
export function inputSchemaOf(fields: readonly EndpointField[]): JsonObject {
  const properties = fields.map(({ name, title, type }): [string, JsonObject] => [
    name,
    { type, title, ...(type === 'string' ? { maxLength: MAX_TEXT } : {}) },
  ]);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** A text input is known by the name of its node, an exposed field by its own. */
function baseName({ kind, title, field, nodeId }: FlowInput): string {
  if (kind === 'tweak') return field;
  const words = title.normalize('NFKD').match(/[A-Za-z0-9]+/g);
  if (words === null) return nodeId;
  return words
    .map((word, index) => {
      const lower = word.toLowerCase();
      return index === 0 ? lower : `${lower.slice(0, 1).toUpperCase()}${lower.slice(1)}`;
    })
    .join('');
}
