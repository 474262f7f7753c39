import { randomBytes } from 'node:crypto';
import { newId } from '@weir/kernel';
import fc from 'fast-check';
import { canonicalEvent, genesisHash, nextHash, type SealedAuditEvent } from './audit-chain';
import {
  exportCheckpointLine,
  exportEndLine,
  exportEventLine,
  exportHeaderLine,
  signCheckpoint,
} from './audit-export';
import { AuditExportVerifier, type AuditVerdict } from './audit-export-verifier';
import { AuditSigner } from './audit-signer';

const ROWS = 10_000;
const CHECKPOINT_EVERY = 1_000;
const at = new Date('2026-11-21T09:30:00.000Z');
const organizationId = newId();
const newSigner = (): AuditSigner =>
  AuditSigner.fromMasterKeys({ newest: 1, keys: new Map([[1, randomBytes(32)]]) });
const signer = newSigner();

interface Trail {
  readonly lines: readonly string[];
  /** Index of the line of an event, by its number. */
  readonly lineOf: (sequence: number) => number;
}

function eventOf(sequence: number, overrides: Partial<SealedAuditEvent> = {}): SealedAuditEvent {
  return {
    organizationId,
    sequence,
    id: newId(),
    userId: newId(),
    onBehalfOf: null,
    via: 'session',
    action: 'project.updated',
    objectType: 'project',
    objectId: newId(),
    changes: { name: `Zürich ${sequence}\u2028`, tags: [{ b: 1, a: '"}' }] },
    ip: '192.0.2.7',
    requestId: `request-${sequence}`,
    createdAt: at,
    ...overrides,
  };
}

/** An export as the API writes it. `change` puts something else into the trail before it is hashed. */
function makeTrail(
  rows: number,
  { by = signer, change = (event: SealedAuditEvent) => event, checkpoints = true } = {},
): Trail {
  const places = new Map<number, number>();
  let hash = genesisHash(organizationId);
  const lines = [exportHeaderLine({ organizationId, sequence: 0, hash }, by.publicKey)];
  for (let sequence = 1; sequence <= rows; sequence += 1) {
    const canonical = canonicalEvent(change(eventOf(sequence)));
    hash = nextHash(hash, canonical);
    places.set(sequence, lines.length);
    lines.push(exportEventLine(canonical, hash));
    if (checkpoints && (sequence % CHECKPOINT_EVERY === 0 || sequence === rows))
      lines.push(exportCheckpointLine(signCheckpoint(by, { organizationId, sequence, hash }, at)));
  }
  lines.push(exportEndLine(by, 1, { organizationId, sequence: rows, hash }, at));
  return { lines, lineOf: (sequence) => places.get(sequence) ?? -1 };
}

function verify(
  lines: Iterable<string | Buffer>,
  trusted: readonly Uint8Array[] = [signer.publicKey],
): AuditVerdict {
  const verifier = new AuditExportVerifier(trusted);
  for (const line of lines) if (!verifier.accept(typeof line === 'string' ? Buffer.from(line) : line)) break;
  return verifier.finish();
}

describe('An export of an audit trail', () => {
  let trail: Trail;
  const sequences = fc.integer({ min: 1, max: ROWS });

  beforeAll(() => {
    trail = makeTrail(ROWS);
  });

  const edited = (edit: (lines: string[]) => void): AuditVerdict => {
    const lines = [...trail.lines];
    edit(lines);
    return verify(lines);
  };

  it('is good as it was written (N9)', () => {
    expect(verify(trail.lines)).toEqual({
      organizationId,
      from: 1,
      to: ROWS,
      checkpoints: ROWS / CHECKPOINT_EVERY,
      keyIds: [signer.keyId],
      problem: null,
    });
  });

  // Each case reads up to 10,000 lines; places are drawn from all of them.
  const runs = { numRuns: 12 };

  it('tells which row was altered, whatever byte it is (N9)', () => {
    fc.assert(
      fc.property(
        sequences,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (sequence, where) => {
          const lines: (string | Buffer)[] = [...trail.lines];
          const bytes = Buffer.from(trail.lines[trail.lineOf(sequence)] ?? '');
          const place = Math.floor(where * bytes.length);
          bytes[place] = (bytes[place] ?? 0) ^ 1;
          lines[trail.lineOf(sequence)] = bytes;
          const { problem, to } = verify(lines);
          expect(problem).toMatchObject({ sequence, line: trail.lineOf(sequence) + 1 });
          expect(to).toBe(sequence - 1);
        },
      ),
      runs,
    );
  });

  it('tells which row was dropped (N9)', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const { problem } = edited((lines) => lines.splice(trail.lineOf(sequence), 1));
        expect(problem).toMatchObject({ flaw: 'missing', sequence });
      }),
      runs,
    );
  });

  it('tells where a row was inserted: a copy, or one that somebody made up (N9)', () => {
    fc.assert(
      fc.property(sequences, sequences, (sequence, copied) => {
        const { problem } = edited((lines) => {
          lines.splice(trail.lineOf(sequence), 0, trail.lines[trail.lineOf(copied)] ?? '');
        });
        // A copy of the row itself is seen when the row comes again.
        expect(problem).toMatchObject({ sequence: copied === sequence ? sequence + 1 : sequence });
        const madeUp = exportEventLine(canonicalEvent(eventOf(sequence)), randomBytes(32));
        expect(edited((lines) => lines.splice(trail.lineOf(sequence), 0, madeUp)).problem).toMatchObject({
          flaw: 'altered',
          sequence,
        });
      }),
      runs,
    );
  });

  it('tells where two rows changed places (N9)', () => {
    fc.assert(
      fc.property(sequences, sequences, (one, other) => {
        fc.pre(one !== other);
        const { problem } = edited((lines) => {
          const [left, right] = [trail.lineOf(one), trail.lineOf(other)];
          [lines[left], lines[right]] = [lines[right] ?? '', lines[left] ?? ''];
        });
        expect(problem).toMatchObject({ flaw: 'missing', sequence: Math.min(one, other) });
      }),
      runs,
    );
  });

  it('tells behind which row it was cut, with and without its last line (N9)', () => {
    fc.assert(
      fc.property(sequences, (sequence) => {
        const cut = trail.lines.slice(0, trail.lineOf(sequence));
        expect(verify(cut).problem).toMatchObject({ flaw: 'truncated', sequence });
        expect(verify([...cut, trail.lines.at(-1) ?? '']).problem).toMatchObject({
          flaw: 'missing',
          sequence,
        });
        const half = (trail.lines[trail.lineOf(sequence)] ?? '').slice(0, 200);
        expect(verify([...cut, half]).problem).toMatchObject({ flaw: 'malformed', sequence });
      }),
      runs,
    );
  });
});

describe('Somebody who can write hashes', () => {
  const rows = 2_500;
  const altered = (event: SealedAuditEvent): SealedAuditEvent =>
    event.sequence === 1_700 ? { ...event, action: 'project.created' } : event;

  it('is found out by the next checkpoint, and the row is narrowed down to what it vouches for (N9)', () => {
    const events = Array.from({ length: rows }, (_, index) => eventOf(index + 1));
    const same = ({ sequence }: SealedAuditEvent): SealedAuditEvent =>
      events[sequence - 1] ?? eventOf(sequence);
    const honest = makeTrail(rows, { change: same });
    const forged = makeTrail(rows, { change: (event) => altered(same(event)) });
    // Checkpoints and end are the true ones: the forger has no key.
    const lines = forged.lines.map((line, index) =>
      line.startsWith('{"event"') ? line : (honest.lines[index] ?? ''),
    );
    expect(verify(lines).problem).toMatchObject({ flaw: 'altered', sequence: 1_001 });
  });

  it('is found out at the end when all checkpoints were left out', () => {
    const stranger = makeTrail(rows, { by: newSigner(), checkpoints: false });
    expect(verify(stranger.lines).problem).toMatchObject({ flaw: 'key' });
    const [, ...rest] = stranger.lines;
    const header = makeTrail(1).lines[0] ?? '';
    expect(verify([header, ...rest]).problem).toMatchObject({ flaw: 'signature' });
  });

  it('is believed with a key of the own only by a reader who brings none', () => {
    const forger = newSigner();
    const { lines } = makeTrail(3, { by: forger });
    expect(verify(lines, []).problem).toBeNull();
    expect(verify(lines, []).keyIds).toEqual([forger.keyId]);
    expect(verify(lines).problem).toMatchObject({ flaw: 'key', sequence: 1 });
  });
});

describe('The lines that are no events', () => {
  const { lines } = makeTrail(5);

  it('cannot be changed in any byte', () => {
    for (const [index, line] of lines.entries()) {
      if (line.startsWith('{"event"')) continue;
      for (let place = 0; place < line.length; place += 1) {
        const bytes = Buffer.from(line);
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        const { problem } = verify([...lines.slice(0, index), bytes, ...lines.slice(index + 1)]);
        expect([line, place, problem === null]).toEqual([line, place, false]);
      }
    }
  });

  it.each([
    ['a space', (line: string) => line.replace(':', ': ')],
    ['a member that nobody signed', (line: string) => line.replace(/\}$/, ',"z":1}')],
    ['a carriage return', (line: string) => `${line}\r`],
  ])('take no %s', (_what, change) => {
    for (const [index, line] of lines.entries()) {
      expect(verify(lines.with(index, change(line))).problem).not.toBeNull();
    }
  });

  it('are not followed by anything', () => {
    expect(verify([...lines, '']).problem).toMatchObject({ flaw: 'trailing' });
    expect(verify([...lines, lines[1] ?? '']).problem).toMatchObject({ flaw: 'trailing' });
  });

  it.each([['nothing'], ['{}'], ['[1]'], ['']])('begin with a header, not with %p', (first) => {
    expect(verify([first]).problem).toMatchObject({ flaw: 'malformed', line: 1 });
    expect(verify([]).problem).toMatchObject({ flaw: 'truncated', line: 1 });
  });
});

describe('A part of a trail', () => {
  it('is verified from where it begins', () => {
    const hash = randomBytes(32);
    const canonical = canonicalEvent(eventOf(8));
    const after = nextHash(hash, canonical);
    const part = [
      exportHeaderLine({ organizationId, sequence: 7, hash }, signer.publicKey),
      exportEventLine(canonical, after),
      exportEndLine(signer, 8, { organizationId, sequence: 8, hash: after }, at),
    ];
    expect(verify(part)).toMatchObject({ from: 8, to: 8, problem: null });
    const foreign = canonicalEvent(eventOf(8, { organizationId: newId() }));
    expect(verify(part.with(1, exportEventLine(foreign, nextHash(hash, foreign)))).problem).toMatchObject({
      flaw: 'foreign',
      sequence: 8,
    });
  });

  it('may be empty', () => {
    const before = { organizationId, sequence: 0, hash: genesisHash(organizationId) };
    const lines = [exportHeaderLine(before, signer.publicKey), exportEndLine(signer, 1, before, at)];
    expect(verify(lines)).toMatchObject({ from: 1, to: 0, problem: null });
  });
});
