import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isRecord, type JsonRecord } from './json.mts';
import type { Starter } from './starters.mts';

export interface Catalogue {
  readonly langflowVersion: string;
  /** Component type as it stands in `node.data.type` -> SHA-256 (hex) of each shipped source. */
  readonly components: Record<string, string[]>;
  /** Other names under which flows mention a component -> its type. */
  readonly aliases: Record<string, string>;
  /** Component type -> first 12 hex digits of the sources of earlier releases (all that Langflow records). */
  readonly earlier: Record<string, string[]>;
}

/** `lfx.utils.component_aliases.LEGACY_TYPE_ALIASES`, as far as the components are shipped. */
const LEGACY_ALIASES: readonly (readonly [string, string])[] = [
  ['Prompt', 'Prompt Template'],
  ['parser', 'ParserComponent'],
];

class Builder {
  private readonly sources = new Map<string, Set<string>>();
  private readonly aliases = new Map<string, string>(LEGACY_ALIASES);
  private readonly earlier = new Map<string, Set<string>>();

  addSource(type: string, source: string): void {
    const hashes = this.sources.get(type) ?? new Set();
    hashes.add(createHash('sha256').update(source, 'utf8').digest('hex'));
    this.sources.set(type, hashes);
  }

  addAlias(alias: unknown, type: string): void {
    if (typeof alias === 'string' && alias !== '' && !this.aliases.has(alias)) this.aliases.set(alias, type);
  }

  addEarlier(type: string, hash: string): void {
    this.earlier.set(type, (this.earlier.get(type) ?? new Set()).add(hash));
  }

  build(langflowVersion: string): Catalogue {
    const aliases = [...this.aliases].filter(
      ([alias, type]) => !this.sources.has(alias) && this.sources.has(type),
    );
    return {
      langflowVersion,
      components: sorted(this.sources, (hashes) => [...hashes].toSorted()),
      aliases: sorted(new Map(aliases), (type) => type),
      earlier: sorted(this.earlier, (hashes) => [...hashes].toSorted()),
    };
  }
}

function sorted<T, R>(map: ReadonlyMap<string, T>, convert: (value: T) => R): Record<string, R> {
  const entries = [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, convert(value)]));
}

/**
 * What Langflow calls its component index, reduced to hashes: components of `lfx`, of the pinned bundles, and the copies
 * inside the starter flows (some belong to bundles that are not installed, but their code is shipped all the same).
 */
export function buildCatalogue(unpacked: string, starters: readonly Starter[]): Catalogue {
  const builder = new Builder();
  const index = readJson(join(unpacked, 'lfx/_assets/component_index.json'));
  addIndex(builder, index);
  addBundles(builder, unpacked);
  for (const { flow } of starters) addStarter(builder, flow);
  addHistory(builder, readJson(join(unpacked, 'lfx/_assets/stable_hash_history.json')));
  return builder.build(String(index['version']));
}

function readJson(file: string): JsonRecord {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRecord(value)) throw new Error(`${file} is not a JSON object`);
  return value;
}

function addIndex(builder: Builder, index: JsonRecord): void {
  const categories: unknown = index['entries'];
  if (!Array.isArray(categories)) throw new Error('The component index has no entries');
  for (const category of categories) {
    const components: unknown = Array.isArray(category) ? category[1] : undefined;
    if (!isRecord(components)) throw new Error('A category of the component index is not [name, components]');
    for (const [type, component] of Object.entries(components)) addComponent(builder, type, component);
  }
}

function addComponent(builder: Builder, type: string, component: unknown): void {
  const source = sourceOf(component);
  if (source === null || !isRecord(component))
    throw new Error(`The component index has no source for ${type}`);
  builder.addSource(type, source);
  builder.addAlias(component['name'], type);
  builder.addAlias(component['display_name'], type);
  const metadata = component['metadata'];
  if (isRecord(metadata)) builder.addAlias(metadata['component_class_name'], type);
}

function sourceOf(component: unknown): string | null {
  const template = isRecord(component) ? component['template'] : undefined;
  const code = isRecord(template) ? template['code'] : undefined;
  const source = isRecord(code) ? code['value'] : undefined;
  return typeof source === 'string' && source !== '' ? source : null;
}

/** A bundle component's source is its whole module; its type is `ext:<bundle>:<Class>@official`. */
function addBundles(builder: Builder, unpacked: string): void {
  for (const file of globSync(join(unpacked, 'lfx_*/components/*/*.py')).toSorted()) {
    const bundle = relative(unpacked, file).split('/')[2] ?? '';
    const source = readFileSync(file, 'utf8');
    for (const [className, body] of classesOf(source)) {
      const type = `ext:${bundle}:${className}@official`;
      builder.addSource(type, source);
      const names = [/^ {4}name = "([^"]+)"/m, /^ {4}display_name(?:: str)? = "([^"]+)"/m];
      const aliases = names.map((pattern) => pattern.exec(body)?.[1]);
      for (const alias of [className, className.replace(/Component$/, ''), ...aliases])
        builder.addAlias(alias, type);
    }
  }
}

function classesOf(source: string): [string, string][] {
  const parts = source.split(/^class (\w+)[(:]/m).slice(1);
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) pairs.push([parts[i] ?? '', parts[i + 1] ?? '']);
  return pairs.filter(([name]) => name.endsWith('Component'));
}

function addStarter(builder: Builder, flow: JsonRecord): void {
  const data = flow['data'];
  const nodes: unknown = isRecord(data) ? data['nodes'] : undefined;
  for (const node of Array.isArray(nodes) ? nodes : []) {
    const nodeData: unknown = isRecord(node) ? node['data'] : undefined;
    if (!isRecord(nodeData) || typeof nodeData['type'] !== 'string') continue;
    const source = sourceOf(nodeData['node']);
    if (source !== null) builder.addSource(nodeData['type'], source);
  }
}

function addHistory(builder: Builder, history: JsonRecord): void {
  for (const [type, entry] of Object.entries(history)) {
    const versions = isRecord(entry) ? entry['versions'] : undefined;
    if (!isRecord(versions)) continue;
    for (const hash of Object.values(versions)) if (typeof hash === 'string') builder.addEarlier(type, hash);
  }
}
