import { isJsonObject, type JsonObject } from '@weir/kernel';
import { providerNamed, providerOfComponent, type Provider } from './providers';
import { isConnected, objectOf, textOf, type NodePlace } from './walk';

/** What a component says about the model that it will call. */
export interface ModelChoice {
  /** Null while nothing known is chosen. */
  readonly provider: Provider | null;
  /** Another node supplies the model together with its key, so this node's key fields are never read. */
  readonly connected: boolean;
}

/**
 * The model provider of Agent, Language Model and their kin: the model picker of 1.9 and later, the provider list before.
 * Null for components that have neither.
 */
export function modelChoiceOf(node: NodePlace): ModelChoice | null {
  const picker = node.template['model'];
  if (isJsonObject(picker) && picker['type'] === 'model') {
    const connected = picker['_connection_mode'] === true || isConnected(node, 'model');
    return { provider: pickedProvider(picker), connected };
  }
  for (const fieldName of ['agent_llm', 'provider', 'embedding_provider']) {
    const list = node.template[fieldName];
    if (!isJsonObject(list) || !Array.isArray(list['options'])) continue;
    const chosen = textOf(list['value']);
    const provider = providerNamed(chosen);
    if (provider !== null) return { provider, connected: isConnected(node, fieldName) };
    if (fieldName === 'agent_llm') return { provider: null, connected: chosen !== '' };
  }
  return null;
}

function pickedProvider(picker: JsonObject): Provider | null {
  const value = picker['value'];
  const first = Array.isArray(value) ? objectOf(value[0]) : objectOf(value);
  return providerNamed(textOf(first['provider']));
}

/** The provider whose key a field of this node holds, as far as the node tells. */
export function providerOfNode(node: NodePlace): Provider | null {
  return modelChoiceOf(node)?.provider ?? providerOfComponent(node.type);
}

/** True when the engine skips the node's key fields because the model comes from elsewhere (`lfx.graph.vertex.param_handler`). */
export function ignoresOwnKey(node: NodePlace): boolean {
  return modelChoiceOf(node)?.connected === true;
}
