import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '@weir/kernel';
import { auditVerify } from '../../apps/cli/src/commands/audit-verify.command';
import { UsageError } from '../../apps/cli/src/exit-codes';
import type { ApiClient } from '../support/api-client';
import { expectProblem } from '../support/expect-problem';
import { joinOrganization, weaken } from '../support/isolation/identities';
import { runCommand, type Ran } from '../support/run-command';
import { startTestApp, type TestApp } from '../support/test-app';

const SECRET = 'sk-canary-0123456789abcdef';

let api: TestApp;
let folder: string;

beforeAll(async () => {
  api = await startTestApp();
  folder = mkdtempSync(join(tmpdir(), 'weir-audit-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.stop();
});

interface Event {
  readonly id: string;
  readonly action: string;
  readonly [name: string]: unknown;
}

const list = async (client: ApiClient, query = ''): Promise<Event[]> => {
  const response = await client.get(`/v1/audit?limit=100${query}`);
  expect(response.status).toBe(200);
  return response.body.data;
};

const actions = (events: readonly Event[]): string[] => events.map(({ action }) => action);

async function exportOf(client: ApiClient, query = ''): Promise<string> {
  const response = await client.fetch('GET', `/v1/audit/export${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
  return response.text();
}

const linesOf = (text: string): any[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

function verify(content: string | Buffer, publicKey: readonly string[] = [], json = true): Promise<Ran> {
  const file = join(folder, `${newId()}.jsonl`);
  writeFileSync(file, content);
  return runCommand((output) => auditVerify(output, file, { publicKey }), json);
}

/** A person who has done a few things. @returns the project that two of them were about */
async function busyPerson(): Promise<{ readonly client: ApiClient; readonly projectId: string }> {
  const client = await api.signUp();
  const project = await client.post('/v1/projects', { name: 'Customer support' });
  await client.patch(`/v1/projects/${project.body.id}`, { description: 'Zürich "answers"\u2028' });
  await client.put('/v1/secrets/OPENAI_API_KEY', { value: SECRET });
  return { client, projectId: project.body.id };
}

describe('GET /v1/audit', () => {
  it('shows what was done, newest first, with who, where and by which request (F120, R12)', async () => {
    const { client, projectId } = await busyPerson();
    const events = await list(client);
    expect(actions(events).slice(0, 3)).toEqual(['secret.created', 'project.updated', 'project.created']);
    expect({ ...events[1], sequence: 'soon', hash: 'soon' }).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      actor: { userId: client.me.user.id },
      onBehalfOf: null,
      via: 'session',
      action: 'project.updated',
      object: { type: 'project', id: projectId },
      changes: { description: 'Zürich "answers"\u2028' },
      ip: '127.0.0.1',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sequence: 'soon',
      hash: 'soon',
    });
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  it('gives every event its number and hash within seconds', async () => {
    const { client } = await busyPerson();
    const deadline = Date.now() + 10_000;
    let events = await list(client);
    while (events.some(({ hash }) => hash === null) && Date.now() < deadline) {
      await wait(100);
      events = await list(client);
    }
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => events.length - index));
    for (const { hash } of events) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('filters by person, action, object and time', async () => {
    const { client, projectId } = await busyPerson();
    const colleague = await joinOrganization(api, client, 'admin');
    await colleague.post('/v1/projects', { name: 'Another' });
    const all = await list(client);
    expect(actions(await list(client, `&actorId=${colleague.me.user.id}`))).toContain('project.created');
    expect(await list(client, `&objectId=${projectId}`)).toEqual([
      expect.objectContaining({ action: 'project.updated' }),
      expect.objectContaining({ action: 'project.created' }),
    ]);
    const updated = await list(client, `&objectType=project&action=project.updated`);
    expect(actions(updated)).toEqual(['project.updated']);
    const at = String(updated[0]?.['at']);
    const [before, since] = [await list(client, `&to=${at}`), await list(client, `&from=${at}`)];
    expect(actions(since)).toContain('project.updated');
    expect(actions(before)).not.toContain('project.updated');
    expect([...since, ...before]).toHaveLength(all.length);
    expect(await list(client, `&actorId=${newId()}`)).toEqual([]);
  });

  it('pages without gap or repeat', async () => {
    const { client } = await busyPerson();
    const all = await list(client);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await client.get(`/v1/audit?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.body.data.map(({ id }: Event) => id));
      cursor = page.body.nextCursor;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  it.each([
    'from=2026-W01',
    'from=yesterday',
    'to=%2B012026-01-01T00:00:00Z',
    'actorId=me',
    'cursor=x',
    'limit=0',
    'action=a%00b',
    'color=red',
  ])('refuses %s', async (query) => {
    const { client } = await busyPerson();
    expectProblem(await client.get(`/v1/audit?${query}`), 422);
  });
});

describe('Who may read an audit trail', () => {
  it.each(['', '/export'])(
    'is an owner or admin of its organization, not a builder or viewer: %p (F120)',
    async (path) => {
      const { client } = await busyPerson();
      const admin = await joinOrganization(api, client, 'admin');
      const seen = await admin.fetch('GET', `/v1/audit${path}`);
      expect(seen.status).toBe(200);
      expect(await seen.text()).toContain(client.me.user.id);
      for (const role of ['builder', 'operator', 'viewer'] as const)
        expectProblem(await (await joinOrganization(api, client, role)).get(`/v1/audit${path}`), 403);
      expectProblem(await (await weaken(api, client, 'viewer')).get(`/v1/audit${path}`), 403);
      expectProblem(await api.anonymous().get(`/v1/audit${path}`), 401);
    },
  );

  it.each(['', '/export'])('sees nothing of another organization: %p (F120)', async (path) => {
    const [{ client }, stranger] = [await busyPerson(), await api.signUp()];
    const text = await (await stranger.fetch('GET', `/v1/audit${path}`)).text();
    expect(text).toContain(stranger.me.user.id);
    for (const trace of [client.me.user.id, client.me.organization.id, 'Customer support'])
      expect(text).not.toContain(trace);
  });
});

describe('GET /v1/audit/export', () => {
  it('holds everything that was done before, in order, and is verified offline (F120, N9)', async () => {
    const { client } = await busyPerson();
    const text = await exportOf(client);
    const listed = await list(client);
    const [header, ...rest] = linesOf(text);
    const events = rest.filter(({ event }) => event !== undefined);
    expect(header).toMatchObject({
      format: 'weir-audit-export-v1',
      from: 1,
      organizationId: client.me.organization.id,
    });
    expect(events.map(({ event, hash }) => [event.id, event.sequence, hash])).toEqual(
      listed.toReversed().map(({ id, sequence, hash }) => [id, sequence, hash]),
    );
    expect(rest.at(-1).end).toMatchObject({
      count: listed.length,
      sequence: listed.length,
      hash: listed[0]?.['hash'],
    });
    expect(text).not.toContain(SECRET);

    const ran = await verify(text, [header.publicKey]);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ok: true,
      to: listed.length,
      keysGiven: true,
      problem: null,
    });
    const said = await verify(text, [], false);
    expect(said.stdout).toMatch(
      /^Intact: events 1 to \d+ of organization [0-9a-f-]{36}, 1 checkpoints, .*\n.*--public-key/,
    );
  });

  it('is not verified with one byte changed, and the place is told (N9)', async () => {
    const { client } = await busyPerson();
    const text = await exportOf(client);
    const at = text.indexOf('Customer support');
    const sequence = Number(/"sequence":(\d+)/.exec(text.slice(at))?.[1]);
    const ran = await verify(text.replace('Customer support', 'Customer Support'));
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, problem: { flaw: 'altered', sequence } });
    const said = await verify(text.replace('Customer support', 'Customer Support'), [], false);
    expect(said.stdout).toContain(`NOT intact: altered at event ${sequence} (line ${sequence + 1}).`);

    const bytes = Buffer.from(text);
    for (let place = 0; place < bytes.length; place += 97) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect([place, (await verify(changed)).code]).toEqual([place, 1]);
    }
  });

  it('is not verified by a key that did not sign it', async () => {
    const { client } = await busyPerson();
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const file = join(folder, 'other.pem');
    writeFileSync(file, pem);
    const ran = await verify(await exportOf(client), [file]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ problem: { flaw: 'key' } });
    await expect(verify('', ['neither'])).rejects.toThrow(UsageError);
  });

  it('gives a part of the trail, and refuses one that begins behind its end', async () => {
    const { client } = await busyPerson();
    const part = await exportOf(client, '?from=2&to=3');
    expect(linesOf(part).flatMap(({ event }) => event?.sequence ?? [])).toEqual([2, 3]);
    expect((await verify(part)).code).toBe(0);
    expectProblem(await client.get('/v1/audit/export?from=1000'), 422);
    expectProblem(await client.get('/v1/audit/export?from=0'), 422);
  });

  it('goes on over several batches, with a checkpoint in each', async () => {
    const client = await api.signUp();
    await api.database.query(
      `insert into audit_events (organization_id, id, user_id, via, action, object_type, changes, request_id, created_at)
       select $1, gen_random_uuid(), $2, 'session', 'thing.changed', 'thing', jsonb_build_object('number', n), 'r', now()
       from generate_series(1, 2500) n`,
      [client.me.organization.id, client.me.user.id],
    );
    const text = await exportOf(client);
    const lines = linesOf(text);
    expect(lines.filter(({ event }) => event !== undefined).length).toBeGreaterThanOrEqual(2_500);
    expect(lines.filter(({ checkpoint }) => checkpoint !== undefined)).toHaveLength(3);
    expect((await verify(text, [lines[0].publicKey])).code).toBe(0);
  });
});

describe('weir audit verify', () => {
  it('says which file is not there', async () => {
    const missing = runCommand((output) => auditVerify(output, join(folder, 'gone'), {}));
    await expect(missing).rejects.toThrow(/There is no file/);
  });

  it.each([
    ['nothing', ''],
    ['something else', '{"format":"other"}\n'],
    ['bytes', Buffer.alloc(100_000, 255)],
  ])('does not take %s for an export', async (_what, content) => {
    expect((await verify(content)).code).toBe(1);
  });
});
