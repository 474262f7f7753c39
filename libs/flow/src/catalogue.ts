import { createHash } from 'node:crypto';
import { invalidInput, isJsonObject, type JsonValue } from '@weir/kernel';
import { arrayOf } from './walk';

export type CodeOrigin = 'shipped' | 'earlier' | 'custom';

/**
 * The sources that the pinned Langflow ships. Code is told by its hash and not by the node's type, because Langflow runs the
 * code that stands in the flow whatever the node calls itself.
 */
export class ComponentCatalogue {
  private readonly shipped: ReadonlySet<string>;
  private readonly hashesByType: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(
    readonly langflowVersion: string,
    components: ReadonlyMap<string, readonly string[]>,
    private readonly aliases: ReadonlyMap<string, string>,
    private readonly earlier: ReadonlySet<string>,
  ) {
    this.hashesByType = new Map([...components].map(([type, hashes]) => [type, new Set(hashes)]));
    this.shipped = new Set([...components.values()].flat());
  }

  /** The type under which the catalogue knows a component, for `Prompt`: `Prompt Template`. */
  canonicalType(type: string): string {
    return this.aliases.get(type) ?? type;
  }

  /** @param hash SHA-256 of the source, see {@link hashCode} */
  originOf(hash: string): CodeOrigin {
    if (this.shipped.has(hash)) return 'shipped';
    return this.earlier.has(hash.slice(0, 12)) ? 'earlier' : 'custom';
  }

  /** True when the code is the shipped code of one of these components, whatever the node is called. */
  isCodeOf(types: ReadonlySet<string>, hash: string): boolean {
    return [...types].some((type) => this.hashesByType.get(this.canonicalType(type))?.has(hash) === true);
  }
}

/** SHA-256 (hex) of a component's source; Langflow's `metadata.code_hash` is its first 12 digits. */
export function hashCode(source: string): string {
  return createHash('sha256').update(source, 'utf8').digest('hex');
}

/**
 * Reads `engines/langflow/component-catalogue.json`.
 * @throws AppError 422 when the file is not a catalogue
 */
export function parseCatalogue(json: unknown): ComponentCatalogue {
  if (
    !isJsonObject(json) ||
    typeof json['langflowVersion'] !== 'string' ||
    !isJsonObject(json['components'])
  ) {
    throw invalidInput('This is not a component catalogue. Build one with tools/engine-assets/build.mts.');
  }
  const aliases = Object.entries(isJsonObject(json['aliases']) ? json['aliases'] : {});
  const earlier = Object.values(isJsonObject(json['earlier']) ? json['earlier'] : {}).flatMap(textsOf);
  return new ComponentCatalogue(
    json['langflowVersion'],
    new Map(Object.entries(json['components']).map(([type, hashes]) => [type, textsOf(hashes)])),
    new Map(
      aliases.flatMap(([alias, type]): [string, string][] =>
        typeof type === 'string' ? [[alias, type]] : [],
      ),
    ),
    new Set(earlier),
  );
}

function textsOf(value: JsonValue): string[] {
  return arrayOf(value).filter((item): item is string => typeof item === 'string');
}
