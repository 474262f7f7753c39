import { readFile } from 'node:fs/promises';
import { parseCatalogue, type ComponentCatalogue } from '@weir/flow';

/**
 * The code hashes of the pinned engine.
 * @throws Error that names the file when it is missing or not a catalogue; the start then stops
 */
export async function loadCatalogue(file: string): Promise<ComponentCatalogue> {
  try {
    return parseCatalogue(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new Error(`The component catalogue ${file} cannot be used. Check COMPONENT_CATALOGUE.`, { cause });
  }
}
