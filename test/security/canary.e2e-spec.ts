import { randomBytes, randomInt } from 'node:crypto';
import { flowWithKey, keyField, starterExport } from '../e2e/workflow-fixtures';
import { AnswerRecorder } from '../support/answer-recorder';
import { PASSWORD, type ApiClient } from '../support/api-client';
import { findCanaries, formsOf, reversed, type Canary } from '../support/canary-scan';
import { EchoingModel } from '../support/echoing-model';
import { startEngineApp, type EngineApp } from '../support/engine-app';

const RUNS = 60;
const MINUTES = 60_000;
const KEY_NAME = 'OPENAI_API_KEY';

describe('Canaries (N4, R43, R46, F53, F83, F86)', () => {
  const model = new EchoingModel();
  let api: EngineApp;
  let recorder: AnswerRecorder;
  /** In no answer, no log line and no row. */
  const secrets: Canary[] = [];
  /** In no log line and no row; their owner gets them, once. */
  const tokens: Canary[] = [];

  beforeAll(async () => {
    await model.start();
    api = await startEngineApp({ engine: { modelBaseUrl: model.baseUrl }, env: { LOG_LEVEL: 'debug' } });
    recorder = new AnswerRecorder([api.url, api.internalUrl]);
  });

  afterAll(async () => {
    recorder.stop();
    await api.stop();
    await model.stop();
  });

  function plant(name: string, value: string): string {
    secrets.push({ name, value });
    return value;
  }

  it('are recognised in every disguise, also in the middle of other texts', () => {
    const value = 'sk-"quoted"\\and/ünïcode+1234';
    const canary = { name: 'it', value };
    for (const text of [
      value,
      JSON.stringify({ a: [value] }),
      JSON.stringify({ a: JSON.stringify({ b: value }) }),
      `?key=${encodeURIComponent(value)}`,
      Buffer.from(`Bearer ${value}`).toString('base64'),
      Buffer.from(`x${value}y`).toString('base64url'),
      Buffer.from(`xy${value}`).toString('base64'),
      `\\x${Buffer.from(value).toString('hex')}`,
      reversed(value),
    ]) {
      expect([text, findCanaries(`before ${text} after`, [canary])]).toEqual([text, ['it']]);
    }
    expect(findCanaries('sk-"quoted"\\and/unicode+1234', [canary])).toEqual([]);
    expect(formsOf(value).length).toBeGreaterThan(8);
  });

  it(
    'planted through every route are found nowhere: not in answers, headers, streams, logs, metrics or rows',
    async () => {
      const person = await signIn();
      await storeSecrets(person);
      await importFlows(person);
      await runWithEchoes(person);
      await readEverything(person);
      await person.delete('/v1/me');

      // The proof is worth something only if the canaries were really there.
      // Keys outside of Latin-1 fail on their way to the provider, as they would with a real one: in its client's words.
      const reached = secrets.filter(({ value }) => model.keysSeen.includes(value));
      expect(reached.length).toBeGreaterThanOrEqual(RUNS / 2);
      collectEngineCredentials();

      const answers = await recorder.all();
      expect(answers.length).toBeGreaterThan(200);
      expect(answers.join('\n')).toContain('Your key is');
      expect(holders(answers, secrets)).toEqual([]);
      expect(holders(api.logs, [...secrets, ...tokens])).toEqual([]);
      expect(await rowsWith([...secrets, ...tokens])).toEqual([]);
    },
    3 * MINUTES,
  );

  async function signIn(): Promise<ApiClient> {
    const person = await api.signUp();
    const { email } = person.me.user;
    plant('the password', PASSWORD);
    const guess = plant('a wrong password', `guess ${randomBytes(9).toString('hex')}`);
    await api.anonymous().post('/v1/auth/login', { email, password: guess });
    await api.anonymous().post('/v1/auth/login', { email: guess, password: guess });
    await person.post('/v1/auth/password', { currentPassword: guess, newPassword: guess });
    const weak = plant('a refused password', `weir${randomBytes(2).toString('hex')}weir`);
    await api.anonymous().post('/v1/auth/register', { email: 'x@example.com', password: weak, name: 'X' });
    await api.anonymous().get(`/v1/me?access_token=${person.me.accessToken}`, {
      authorization: `Basic ${person.me.refreshToken}`,
    });
    const refreshed = await api
      .anonymous()
      .post('/v1/auth/refresh', { refreshToken: person.me.refreshToken });
    tokens.push(
      { name: 'a used refresh token', value: person.me.refreshToken },
      { name: 'a refresh token', value: refreshed.body.refreshToken },
      { name: 'an access token', value: refreshed.body.accessToken },
    );
    return person;
  }

  async function storeSecrets(person: ApiClient): Promise<void> {
    for (const name of ['FIRST_KEY', 'SECOND_KEY', 'lower case', 'X'.repeat(200), KEY_NAME]) {
      const value = plant(`secret ${name.slice(0, 20)}`, `sk-${randomBytes(12).toString('hex')}`);
      await person.put(`/v1/secrets/${encodeURIComponent(name)}`, { value });
      await person.put(`/v1/secrets/${encodeURIComponent(name)}`, { value, unknown: value });
      await person.request('PUT', `/v1/secrets/${encodeURIComponent(name)}`, { body: `{"value":"${value}"` });
    }
    const numbers = plant('a secret of the wrong type', String(10n ** 30n + BigInt(randomInt(1e9))));
    await person.request('PUT', '/v1/secrets/NUMBER', { body: `{"value":${numbers}}` });
  }

  async function importFlows(person: ApiClient): Promise<void> {
    const project = (await person.get('/v1/projects')).body.data[0].id as string;
    for (const inlineSecrets of ['store', 'discard', 'reject']) {
      const key = plant(`a key in a flow (${inlineSecrets})`, `sk-proj-${randomBytes(16).toString('hex')}`);
      const flowData = flowWithKey(key).data;
      const created = await person.post(`/v1/projects/${project}/workflows`, {
        name: `With key ${inlineSecrets}`,
        flowData,
        inlineSecrets,
      });
      if (created.status === 201) {
        await person.put(`/v1/workflows/${created.body.id}/flow`, {
          flowData: { ...flowData, viewport: { x: 1, y: 2, zoom: 1 } },
          inlineSecrets,
        });
      }
    }
  }

  async function runWithEchoes(person: ApiClient): Promise<void> {
    const project = (await person.get('/v1/projects')).body.data[0].id as string;
    const flowData = starterExport('basic-prompting').data;
    Object.assign(keyField(flowData), { value: KEY_NAME, load_from_db: true });
    const workflow = (
      await person.post(`/v1/projects/${project}/workflows`, { name: 'Echo of the key', flowData })
    ).body.id as string;
    const conversation = (await person.post(`/v1/workflows/${workflow}/conversations`, {})).body.id as string;
    for (let index = 0; index < RUNS; index += 1) {
      const value = plant(`key of run ${index}`, randomKey(index));
      const stored = await person.put(`/v1/secrets/${KEY_NAME}`, { value });
      expect([value, stored.status]).toEqual([value, 200]);
      const mode = index % 2 === 0 ? 'sync' : 'stream';
      if (index % 3 === 0)
        await person.post(`/v1/conversations/${conversation}/messages`, {
          content: `message ${index}`,
          mode,
        });
      else await person.post(`/v1/workflows/${workflow}/runs`, { input: `run ${index}`, mode });
    }
  }

  const ALPHABETS = [
    'abcdef0123456789',
    'ABCxyz+/=_-.',
    'ab"\\{}:,%&?',
    "a'b;c<d>e|f$",
    'abcäöüéñ',
    'key漢字🔑',
  ].map((text) => Array.from(text));

  /** Every fifth is one that the provider refuses, saying it. */
  function randomKey(index: number): string {
    const alphabet = ALPHABETS[index % ALPHABETS.length] ?? [];
    const length = randomInt(16, 80);
    const body = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
    return `${index % 5 === 4 ? 'sk-wrong-' : 'sk-'}${randomBytes(4).toString('hex')}${body}end`;
  }

  async function readEverything(person: ApiClient): Promise<void> {
    const paths = [
      '/v1/me',
      '/v1/auth/sessions',
      '/v1/settings',
      '/v1/secrets',
      '/v1/projects',
      '/v1/workflows',
      '/v1/runs?limit=100',
      '/readyz',
      '/openapi.json',
    ];
    for (const path of paths) await person.get(path);
    for (const { id } of (await person.get('/v1/runs?limit=100')).body.data) {
      await person.get(`/v1/runs/${id}`);
      await person.get(`/v1/runs/${id}/events`);
    }
    for (const { id } of (await person.get('/v1/workflows')).body.data) {
      for (const part of [
        '',
        '/flow',
        '/export',
        '/bindings',
        '/versions',
        '/versions/1',
        '/conversations',
      ]) {
        await person.get(`/v1/workflows/${id}${part}`);
      }
      for (const talk of (await person.get(`/v1/workflows/${id}/conversations`)).body.data) {
        await person.get(`/v1/conversations/${talk.id}/messages?limit=100`);
      }
    }
    await fetch(`${api.internalUrl}/metrics`);
  }

  /** What our process shows to the engine is nobody else's business either. */
  function collectEngineCredentials(): void {
    const values = api.fake.requests.flatMap(({ headers }) => [
      headers['x-api-key'],
      headers['authorization'],
    ]);
    const credentials = new Set(
      values.filter((value) => typeof value === 'string').map((value) => value.replace(/^Bearer /, '')),
    );
    expect(credentials.size).toBeGreaterThan(1);
    for (const value of credentials) secrets.push({ name: 'a credential of the engine', value });
  }

  /** Which canaries are in which texts; the text is cut, it is not for printing. */
  function holders(texts: readonly string[], canaries: readonly Canary[]): string[] {
    return texts.flatMap((text) =>
      findCanaries(text, canaries).map((name) => `${name} in ${text.slice(0, 60)}`),
    );
  }

  async function rowsWith(canaries: readonly Canary[]): Promise<string[]> {
    const tables = await api.database.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await api.database.query<{ row: string }>(
        `select to_jsonb(t)::text as row from ${name} t`,
      );
      found.push(
        ...holders(
          rows.map(({ row }) => `${name} ${row}`),
          canaries,
        ),
      );
    }
    return found;
  }
});
