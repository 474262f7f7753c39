/** As much of `package-lock.json` (version 3) as matters here. */
export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * Adds the optional packages for other platforms that the lock file names but does not contain.
 *
 * npm leaves out of the lock file what the registry at hand does not have, and `npm ci` then refuses that lock file on every
 * machine. The added entries have a version and a platform but no checksum, because nobody here saw the package.
 * @returns the paths that were added, sorted
 */
export function completeLock<Lock extends PackageLock>(lock: Lock): { lock: Lock; added: readonly string[] } {
  const packages: Record<string, LockedPackage> = { ...lock.packages };
  const added: string[] = [];
  for (const [parentPath, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (isPresent(packages, parentPath, name)) continue;
      const entry = platformPackage(name, version, parent.dev === true);
      if (entry === null) continue;
      const path = freePath(packages, parentPath, name);
      packages[path] = entry;
      added.push(path);
    }
  }
  const sorted = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { lock: { ...lock, packages: sorted }, added: added.toSorted() };
}

/** Node's own way to look a package up: beside the parent, then in every folder above it. */
function isPresent(
  packages: Readonly<Record<string, LockedPackage>>,
  parentPath: string,
  name: string,
): boolean {
  for (let path = parentPath; ; path = path.slice(0, Math.max(path.lastIndexOf('/node_modules/'), 0))) {
    if (packages[path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`] !== undefined)
      return true;
    if (path === '') return false;
  }
}

function freePath(
  packages: Readonly<Record<string, LockedPackage>>,
  parentPath: string,
  name: string,
): string {
  const shared = `node_modules/${name}`;
  return packages[shared] === undefined ? shared : `${parentPath}/${shared}`;
}

/** @returns null when the name tells no platform, or the version is a range: those cannot be guessed */
function platformPackage(name: string, version: string, dev: boolean): LockedPackage | null {
  const parts = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const cpu = PROCESSORS.filter((processor) => parts.includes(processor));
  if (os.length !== 1 || cpu.length > 1 || !/^\d+\.\d+\.\d+/.test(version)) return null;
  const libc = parts.includes('musl') ? ['musl'] : parts.includes('gnu') ? ['glibc'] : [];
  return {
    version,
    ...(cpu.length === 0 ? {} : { cpu }),
    ...(dev ? { dev } : {}),
    ...(libc.length === 0 ? {} : { libc }),
    optional: true,
    os,
  };
}
