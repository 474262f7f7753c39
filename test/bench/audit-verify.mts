// How many rows a second `weir audit verify` reads: `node test/bench/audit-verify.mts [rows]`.
// The export is written here from docs/audit.md alone, without the code that the API and the verifier share.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT, ensureBuilt } from '../../tools/build/build.mts';

const CHECKPOINT_EVERY = 1_000;
const rows = Number(process.argv[2] ?? 1_000_000);
const at = '2026-11-21T09:30:00.000Z';
const organizationId = randomUUID();
const { privateKey, publicKey: key } = generateKeyPairSync('ed25519');
const publicKey = key.export({ format: 'der', type: 'spki' }).subarray(12);
const keyId = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
const signed = (...parts: (string | number)[]): string =>
  sign(null, Buffer.from(parts.join('|')), privateKey).toString('base64');

const folder = mkdtempSync(join(tmpdir(), 'weir-audit-bench-'));
try {
  const file = join(folder, 'audit.jsonl');
  writeExport(file);
  await ensureBuilt(process.cwd(), () => undefined);
  const started = performance.now();
  const { status, stdout } = spawnSync(process.execPath, [BUILT.cli, 'audit', 'verify', file], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(stdout);
  process.stdout.write(`${rows} rows in ${seconds.toFixed(2)} s, ${Math.round(rows / seconds)} rows/s\n`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writeExport(path: string): void {
  const file = openSync(path, 'w');
  const write = (line: unknown): void => void writeSync(file, `${JSON.stringify(line)}\n`);
  let hash = createHash('sha256').update(`weir-audit-v1${organizationId}`).digest();
  const header = { previousHash: hash.toString('hex'), publicKey: publicKey.toString('base64') };
  write({ format: 'weir-audit-export-v1', from: 1, organizationId, ...header });
  for (let sequence = 1; sequence <= rows; sequence += 1) {
    const event = JSON.stringify(eventOf(sequence));
    hash = createHash('sha256').update(hash).update(event).digest();
    const hex = hash.toString('hex');
    writeSync(file, `{"event":${event},"hash":"${hex}"}\n`);
    if (sequence % CHECKPOINT_EVERY > 0) continue;
    const signature = signed('weir-audit-checkpoint-v1', organizationId, sequence, hex, at);
    write({
      checkpoint: { hash: hex, keyId, publicKey: header.publicKey, sequence, signature, signedAt: at },
    });
  }
  const hex = hash.toString('hex');
  const signature = signed('weir-audit-export-v1', organizationId, 1, rows, hex, at);
  write({ end: { count: rows, exportedAt: at, hash: hex, sequence: rows, signature } });
  closeSync(file);
}

function eventOf(sequence: number) {
  return {
    action: 'project.updated',
    changes: { description: 'Answers for the help desk', name: `Customer support ${sequence}` },
    createdAt: at,
    id: randomUUID(),
    ip: '192.0.2.7',
    objectId: randomUUID(),
    objectType: 'project',
    onBehalfOf: null,
    organizationId,
    requestId: randomUUID(),
    sequence,
    userId: randomUUID(),
    via: 'session',
  };
}
