import { runCommand } from '../process/run-command.mts';

/** A Python that can run the engine. */
interface Python {
  readonly path: string;
  readonly version: string;
}

export interface PythonTools {
  /** null: none that the engine runs on. */
  readonly python: Python | null;
  /** Whether `uv` is on PATH: it installs several times faster than pip and can fetch a Python itself. */
  readonly uv: boolean;
  /** Versions that were found and cannot be used, with the reason. */
  readonly rejected: readonly string[];
}

/** In order of preference: for the first ones every package of the lock file exists ready built. */
const CANDIDATES = ['python3.12', 'python3.11', 'python3.13', 'python3.10', 'python3', 'python'];
const PROBE =
  'import json,sys\nmissing=[]\nfor name in ("venv","ensurepip"):\n try: __import__(name)\n except ImportError: missing.append(name)\n' +
  'print(json.dumps({"path":sys.executable,"version":list(sys.version_info[:3]),"missing":missing}))';

/** Looks for `uv` and for a Python from 3.10 to 3.13 on PATH. */
export async function findPython(): Promise<PythonTools> {
  const uv = await works('uv', ['--version']);
  const rejected = new Set<string>();
  for (const candidate of CANDIDATES) {
    const probe = await probePython(candidate);
    if (probe === null) continue;
    const reason = unusable(probe, uv);
    if (reason === null)
      return { python: { path: probe.path, version: probe.version }, uv, rejected: [...rejected] };
    rejected.add(`Python ${probe.version} ${reason}`);
  }
  return { python: null, uv, rejected: [...rejected] };
}

export interface PythonProbe extends Python {
  /** Modules of the standard library that the system's package leaves out. */
  readonly missing: readonly string[];
}

/** @returns null for anything but the answer of the probe */
export function parseProbe(text: string): PythonProbe | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('path' in value && 'version' in value && 'missing' in value)) return null;
  const { path, version, missing } = value;
  if (typeof path !== 'string' || !Array.isArray(version) || !Array.isArray(missing)) return null;
  return { path, version: version.join('.'), missing: missing.map(String) };
}

/** @returns the reason not to use it, as the rest of a sentence; null when it is fine */
export function unusable(probe: PythonProbe, uv: boolean): string | null {
  const [major, minor] = probe.version.split('.').map(Number);
  if (major !== 3 || minor === undefined || minor < 10) return 'is too old (3.10 to 3.13 is needed)';
  if (minor > 13) return 'is too new (3.10 to 3.13 is needed)';
  if (!uv && probe.missing.length > 0) {
    return `lacks ${probe.missing.join(' and ')} (on Debian and Ubuntu: apt install python3-venv)`;
  }
  return null;
}

async function probePython(command: string): Promise<PythonProbe | null> {
  try {
    const lines = await runCommand(command, ['-c', PROBE], { signal: AbortSignal.timeout(15_000) });
    return parseProbe(lines.at(-1) ?? '');
  } catch {
    return null;
  }
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await runCommand(command, args, { signal: AbortSignal.timeout(15_000) });
    return true;
  } catch {
    return false;
  }
}
