/** Shorter than a slug may be, so that a number fits behind it. */
const MAX_LENGTH = 50;
const MIN_LENGTH = 3;

/** The slug that a name suggests: `Kundendienst für Österreich` becomes `kundendienst-fur-osterreich`. */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-+|-+$/g, '');
  if (words.length >= MIN_LENGTH) return words;
  return words === '' ? 'workflow' : `workflow-${words}`;
}
