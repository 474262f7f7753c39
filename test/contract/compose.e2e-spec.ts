import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Service {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly healthcheck?: object;
}

const compose: {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean }>;
} = parse(readFileSync('docker/compose.yaml', 'utf8'));
const dockerfile = readFileSync('docker/Dockerfile', 'utf8');

describe('docker/compose.yaml', () => {
  it('publishes the port of the API and no other (F18)', () => {
    const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${port}`),
    );
    expect(published).toEqual(['api ${PORT:-3000}:3000']);
  });

  it('keeps the database on networks without a way out', () => {
    const { networks = [] } = compose.services['postgres'] ?? {};
    expect(networks.map((name) => compose.networks[name]?.internal)).toEqual([true]);
  });

  it('reads every secret from a file that `npm run setup` makes', () => {
    const used = new Set(Object.values(compose.services).flatMap(({ secrets = [] }) => secrets));
    expect([...used].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    const files = Object.values(compose.secrets).map(({ file }) => file);
    expect(files.every((file) => file.startsWith('./secrets/'))).toBe(true);
  });

  it('pins what it pulls by digest', () => {
    const pulled = Object.values(compose.services).flatMap(({ image = '' }) =>
      image.startsWith('weir-') ? [] : [image],
    );
    const bases = [...dockerfile.matchAll(/^ARG \w+_IMAGE=(\S+)$/gm)].map((match) => match[1] ?? '');
    expect([...pulled, ...bases]).toHaveLength(3);
    expect([...pulled, ...bases].every((image) => /@sha256:[0-9a-f]{64}$/.test(image))).toBe(true);
  });
});

describe('docker/Dockerfile', () => {
  it('starts the API as `npm start` does', () => {
    const build = readFileSync('tools/build/build.mts', 'utf8');
    const flags = /API_NODE_FLAGS = \[(.*)\]/.exec(build)?.[1]?.replaceAll("'", '"');
    expect(flags).toMatch(/--max-old-space-size/);
    expect(dockerfile).toContain(`CMD ["node", ${flags}, "dist/apps/api/apps/api/src/main.js"]`);
  });

  it('names its bases once and runs nothing as root', () => {
    const froms = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]);
    expect(froms.every((base) => base === '${NODE_IMAGE}' || base === '${PYTHON_IMAGE}')).toBe(true);
    expect([...dockerfile.matchAll(/^USER (\S+)/gm)].map((match) => match[1])).toEqual(['node', 'langflow']);
  });
});
