import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startTestApp, type TestApp } from '../support/test-app';

const SOCKETS = 10_000;

/** In a process of its own, because one process may not open both ends of so many connections. */
const OPENER = `
  const net = require('node:net');
  const [host, port, total] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])];
  let open = 0;
  const next = () => {
    const socket = net.connect(port, host);
    socket.on('error', (error) => { console.log('failed ' + error.code); process.exit(1); });
    socket.on('connect', () => { open += 1; if (open === total) console.log('open'); else if (open + 200 <= total) next(); });
  };
  for (let index = 0; index < Math.min(200, total); index += 1) next();
`;

describe('Clients that connect and say nothing (R53)', () => {
  let api: TestApp;
  let opener: ChildProcess;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(async () => {
    opener.kill('SIGKILL');
    await api.stop();
  });

  it('do not keep others from being served, ten thousand of them', async () => {
    const ada = await api.signUp();
    const { hostname, port } = new URL(api.url);
    opener = spawn(process.execPath, ['-e', OPENER, hostname, port, String(SOCKETS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(opener.stdout ?? opener, 'data');
    expect(String(said).trim()).toBe('open');
    const started = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await ada.get('/v1/projects')).status),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(performance.now() - started).toBeLessThan(5_000);
  }, 60_000);
});
