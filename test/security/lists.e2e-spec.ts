import { encodeCursor, newId } from '@weir/kernel';
import { expectProblem } from '../support/expect-problem';
import { makeVictim, type Victim } from '../support/isolation/matrix';
import { startTestApp, type TestApp } from '../support/test-app';

/** Every route that answers with pages. */
const LISTS = ['/v1/secrets', '/v1/projects', '/v1/workflows', '/v1/runs'] as const;
const lists = ({ objects: { workflow, conversation } }: Victim): string[] => [
  ...LISTS,
  `/v1/workflows/${workflow}/versions`,
  `/v1/workflows/${workflow}/conversations`,
  `/v1/conversations/${conversation}/messages`,
];

describe('Lists', () => {
  let api: TestApp;
  let ada: Victim;
  let bob: Victim;

  beforeAll(async () => {
    api = await startTestApp();
    [ada, bob] = [await makeVictim(api), await makeVictim(api)];
  });

  afterAll(() => api.stop());

  it.each(['0', '-1', '101', '1e9', '1000000000', 'NaN', '', '1.5', '0x10', '%20', 'null'])(
    'refuse a limit of %p (R48)',
    async (limit) => {
      for (const path of lists(ada)) expectProblem(await ada.client.get(`${path}?limit=${limit}`), 422);
    },
  );

  it('refuse two values for one parameter, lists and objects (R48, R52)', async () => {
    for (const path of lists(ada)) {
      for (const query of [
        'limit=1&limit=100',
        'limit[]=1',
        'limit[a]=1',
        'cursor=a&cursor=b',
        'unknown=1',
      ]) {
        expectProblem(await ada.client.get(`${path}?${query}`), 422);
      }
    }
  });

  it('take the limits of both ends', async () => {
    for (const path of lists(ada)) {
      for (const limit of [1, 100]) {
        const { status, body } = await ada.client.get(`${path}?limit=${limit}`);
        expect([path, status]).toEqual([path, 200]);
        expect(body.data.length).toBeLessThanOrEqual(limit);
      }
    }
  });

  const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['no cursor', 'x'],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['an object', json({ sort: 'a', id: newId() })],
    ['three parts', json(['a', newId(), 'b'])],
    ['an id that is none', json(['a', "' or 1=1 --"])],
    ['a number as sort', json([1, newId()])],
    ['too long', 'A'.repeat(600)],
  ])('refuse a cursor that is tampered with: %s (R48)', async (_name, cursor) => {
    for (const path of lists(ada)) expectProblem(await ada.client.get(`${path}?cursor=${cursor}`), 422);
  });

  it.each([
    "' or true --",
    '\u0000',
    'not a date',
    '99999999999999999999',
    '-1',
    '2026-99-99T00:00:00Z',
    'infinity',
    '',
  ])('are not broken by a well-formed cursor with the sort value %p (R48, R51)', async (sort) => {
    for (const path of lists(ada)) {
      const response = await ada.client.get(`${path}?cursor=${encodeCursor({ sort, id: newId() })}`);
      expect([path, response.status < 500]).toEqual([path, true]);
      if (response.status >= 400) expectProblem(response);
    }
  });

  it('count and find only what is one’s own, whatever is asked for (R31)', async () => {
    for (const path of ['/v1/projects', '/v1/workflows', '/v1/runs', '/v1/secrets']) {
      const { body, text } = await bob.client.get(`${path}?limit=100`);
      expect(text).not.toContain(ada.objects.marker);
      expect(body.data.length).toBeGreaterThan(0);
    }
    for (const query of [`q=${ada.objects.marker}`, `tag=${ada.objects.marker}`]) {
      expect((await ada.client.get(`/v1/workflows?${query}`)).body.data).toHaveLength(1);
      expect((await bob.client.get(`/v1/workflows?${query}`)).body.data).toEqual([]);
    }
    for (const wildcard of ['%', '_', '%25', '\\', "'"]) {
      const { status, text } = await bob.client.get(`/v1/workflows?q=${encodeURIComponent(wildcard)}`);
      expect(status).toBe(200);
      expect(text).not.toContain(ada.objects.marker);
    }
  });

  it('turned to another person’s cursor stay in one’s own list (R48)', async () => {
    for (const path of LISTS) {
      const { body } = await ada.client.get(`${path}?limit=1`);
      if (body.nextCursor === null) continue;
      const { status, text } = await bob.client.get(`${path}?cursor=${body.nextCursor}`);
      expect(status).toBe(200);
      expect(text).not.toContain(ada.objects.marker);
    }
  });
});
