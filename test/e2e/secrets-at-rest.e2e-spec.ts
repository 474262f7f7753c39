import { randomBytes } from 'node:crypto';
import { actorOf, resolve, storeCredential } from '../support/secrets';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Secret values at rest (R39)', () => {
  let api: TestApp;
  let canary: string;
  let used: string | undefined;
  const answers: string[] = [];

  /** Every form in which the value might have been left somewhere. */
  const forms = (): readonly string[] => [
    canary,
    Buffer.from(canary).toString('base64').replace(/=+$/, ''),
    Buffer.from(canary).toString('hex'),
    canary.split('').toReversed().join(''),
    encodeURIComponent(canary),
    JSON.stringify(canary).slice(1, -1),
  ];

  const formsIn = (text: string): string[] => forms().filter((form) => text.includes(form));

  beforeAll(async () => {
    api = await startTestApp();
    canary = `sk-canary/${randomBytes(24).toString('base64')} "é"`;
    const ada = await api.signUp();
    const requests = [
      () => ada.put('/v1/secrets/CANARY', { value: canary }),
      () => ada.put('/v1/secrets/CANARY', { value: canary }),
      () => ada.put('/v1/secrets/not-a-name', { value: canary }),
      () => ada.put('/v1/secrets/CANARY', { value: canary, provider: 'nobody' }),
      () => ada.put('/v1/secrets/CANARY', { value: canary, [canary.slice(0, 9)]: 1 }),
      () => ada.put('/v1/secrets/CANARY', { value: [canary] }),
      () => ada.put('/v1/secrets/CANARY', `{"value": ${JSON.stringify(canary)}`),
      () => ada.get('/v1/secrets'),
      () => ada.get('/v1/secrets/CANARY'),
      () => ada.put('/v1/secrets/SECOND', { value: canary }),
      () => ada.delete('/v1/secrets/SECOND'),
    ];
    for (const send of requests) {
      const { status, headers, text } = await send();
      answers.push(`${status} ${JSON.stringify([...headers])} ${text}`);
    }
    await storeCredential(api, actorOf(ada), canary);
    used = (await resolve(api, actorOf(ada), ['CANARY'])).values.get('CANARY');
    // It must fail in the vault, too: what an error carries is easily logged.
    await api.database.query(`update secrets set version = version + 1`);
    answers.push(await resolve(api, actorOf(ada), ['CANARY']).then(() => 'opened', String));
  });

  afterAll(() => api.stop());

  it('are in no row of any table', async () => {
    const tables = await api.database.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    expect(tables.length).toBeGreaterThan(20);
    for (const { name } of tables) {
      const rows = await api.database.query<{ row: string }>(`select t::text as row from ${name} t`);
      expect(formsIn(rows.map(({ row }) => row).join('\n'))).toEqual([]);
    }
    expect(await api.database.query('select 1 from secrets')).toHaveLength(1);
  });

  it('are not in the write-ahead log', async () => {
    const logFilesWith = (text: string) =>
      api.database.query(
        `select name from pg_ls_waldir() where position($1::bytea in pg_read_binary_file('pg_wal/' || name)) > 0`,
        [Buffer.from(text)],
      );
    for (const form of forms()) expect(await logFilesWith(form)).toEqual([]);
    // What is stored in plain is found this way.
    expect(await logFilesWith('secret.created')).not.toEqual([]);
  });

  it('are in no answer and in no log line (R43)', () => {
    expect(used).toBe(canary);
    expect(answers).toHaveLength(12);
    expect(answers.at(-1)).toMatch(/could not be decrypted/);
    expect(formsIn(answers.join('\n'))).toEqual([]);
    expect(formsIn(api.logs.join(''))).toEqual([]);
  });
});
