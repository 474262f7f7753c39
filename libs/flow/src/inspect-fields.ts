import { isJsonObject, type JsonObject, type JsonValue } from '@weir/kernel';
import { aboutNode } from './finding';
import { privateHostOf } from './private-hosts';
import { markerName, referenceName } from './references';
import type { Finding, TemplateField } from './types';
import { isShadowed, type NodePlace } from './walk';

/** Places that Langflow protects: neither a header nor a tweak may set them (`PROTECTED_TWEAK_FIELDS_BY_COMPONENT`, 1.13). */
const PROTECTED_FIELDS: ReadonlySet<string> = new Set([
  'SQLComponent/database_url',
  'SQLComponent/query',
  'BingSearchAPI/bing_search_url',
  'BingSearchAPIComponent/bing_search_url',
]);

/** Findings that come from what stands in the fields of a node; at most one per rule and field. */
export function fieldFindings(place: NodePlace): Finding[] {
  return Object.entries(place.template).flatMap(([name, field]) => {
    if (!isJsonObject(field) || name === 'code') return [];
    return [
      ...mcpFindings(place, name, field),
      ...hostFindings(place, name, field),
      ...pathFindings(place, name, field),
      ...deliveryFindings(place, name, field),
    ];
  });
}

function mcpFindings(place: NodePlace, name: string, field: TemplateField): Finding[] {
  const value = field['value'];
  const isSelection = isJsonObject(value) && ('config' in value || 'mcpServers' in value);
  if (field['type'] !== 'mcp' && name !== 'mcp_server' && field['name'] !== 'mcp_server' && !isSelection)
    return [];
  const startsProgram = configsIn(value).some(isStdio);
  return startsProgram
    ? [aboutNode(place, 'block', 'mcp-stdio', `starts a program on the engine (field '${name}')`)]
    : [];
}

/** Every shape in which Langflow reads a server: the configuration, a named one, a map of them, lists. */
function configsIn(value: JsonValue | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(configsIn);
  if (!isJsonObject(value)) return [];
  const servers = value['mcpServers'];
  const named = isJsonObject(servers) ? Object.values(servers) : [];
  return [value, ...configsIn(value['config']), ...named.flatMap(configsIn)];
}

/** An explicit mode wins, otherwise a command means a program (`lfx.base.mcp.util.update_tools`). */
function isStdio(config: JsonObject): boolean {
  const mode = config['mode'];
  if (typeof mode === 'string' && mode.trim() !== '') return mode.trim().toLowerCase() === 'stdio';
  const command = config['command'];
  return command !== undefined && command !== null && command !== '';
}

const ADDRESS = /[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s"'<>\\]{1,2048}/g;

function hostFindings(place: NodePlace, name: string, field: TemplateField): Finding[] {
  const value = field['value'];
  if (field['load_from_db'] === true && referenceName(field) !== null) return [];
  const host = addressesIn(name, value)
    .map(privateHostOf)
    .find((found) => found !== null);
  if (host === undefined || host === null) return [];
  return [
    aboutNode(place, 'block', 'private-host', `points at the private host '${host}' (field '${name}')`),
  ];
}

/** Texts that are addresses as a whole; in commands and configurations also those inside. Prose may mention any host. */
function addressesIn(name: string, value: JsonValue | undefined): string[] {
  if (typeof value === 'string') {
    const text = value.trim();
    if (/^curl\s|^\s*[[{]/.test(text) || /curl|json|config/i.test(name)) return text.match(ADDRESS) ?? [];
    return /^[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/\S+$/.test(text) ? [text] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => addressesIn(name, item));
  return isJsonObject(value) ? Object.entries(value).flatMap(([key, inner]) => addressesIn(key, inner)) : [];
}

const PATH_FIELDS = /(?:^|_)(?:path|paths|directory|folder|file|files|file_path|dotenv)$/i;

/** Uploaded files have relative paths (`<flow id>/<name>`); anything absolute or climbing reads the engine's own disk. */
function pathFindings(place: NodePlace, name: string, field: TemplateField): Finding[] {
  const isPathField = field['type'] === 'file' || PATH_FIELDS.test(name);
  const texts = [...textsOf(field['file_path']), ...(isPathField ? textsOf(field['value']) : [])];
  if (!texts.some(isLocalPath)) return [];
  return [
    aboutNode(place, 'block', 'file-path', `reads or writes a path of the engine's disk (field '${name}')`),
  ];
}

function isLocalPath(text: string): boolean {
  return /^(?:\/|~|[A-Za-z]:[\\/]|\\\\|file:)/i.test(text.trim()) || /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(text);
}

function textsOf(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function deliveryFindings(place: NodePlace, name: string, field: TemplateField): Finding[] {
  if (referenceName(field) !== null && PROTECTED_FIELDS.has(`${place.type}/${name}`)) {
    const detail = `holds a secret that Langflow accepts from the stored flow only (field '${name}'), so runs cannot supply it`;
    return [aboutNode(place, 'warn', 'undeliverable-secret', detail)];
  }
  const isInGroup = place.groups.length > 0 && !isShadowed(place, name);
  if (markerName(field['value']) === null || !isInGroup) return [];
  const detail = `holds a secret inside a group where no run can supply it (field '${name}'): show the field on the group`;
  return [aboutNode(place, 'warn', 'undeliverable-secret', detail)];
}
