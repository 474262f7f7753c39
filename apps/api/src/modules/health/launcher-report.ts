import { readFile } from 'node:fs/promises';
import { isJsonObject } from '@weir/kernel';

/** How far the launcher of an embedded engine is, in its own words. */
export interface LauncherReport {
  readonly phase: string;
  readonly detail: string;
}

const MAX_LENGTH = 300;

/** What the launcher wrote last; null when there is no launcher, or nothing readable yet. */
export async function readLauncherReport(path: string | undefined): Promise<LauncherReport | null> {
  if (path === undefined) return null;
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isJsonObject(content) || typeof content['phase'] !== 'string') return null;
    const { phase, detail } = content;
    return { phase: presentable(phase), detail: typeof detail === 'string' ? presentable(detail) : '' };
  } catch {
    // Not there, or caught in the middle of being written: the next question finds it.
    return null;
  }
}

/** Readiness is public: addresses and folders of this machine are cut out. */
function presentable(text: string): string {
  return text
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '…')
    .replaceAll(/\b(?:localhost|\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?\b/gi, '…')
    .replaceAll(/(?<![\w.])\/(?:[\w.@-]+\/)+[\w.@-]*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}
