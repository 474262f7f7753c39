import { newId } from '@weir/kernel';
import { expectProblemBody } from '../support/expect-problem';
import { sendRaw, type RawAnswer } from '../support/raw-http';
import { startTestApp, type TestApp } from '../support/test-app';

const TEN_MEGABYTES = 10_000_000;

describe('Routes that take megabytes (R26, R53)', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  /** Sends the head of a large request, and nothing of its body. */
  function announce(path: string, ...headers: readonly string[]): Promise<RawAnswer> {
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: x',
      'Content-Type: application/json',
      `Content-Length: ${TEN_MEGABYTES}`,
      ...headers,
    ];
    return sendRaw(api.url, [`${head.join('\r\n')}\r\n\r\n`], { waitMs: 1_500 });
  }

  const forged = `${Buffer.from('{"alg":"HS256","typ":"at+jwt","kid":"test"}').toString('base64url')}.e30.AAAA`;

  it.each([
    ['nobody', []],
    ['a forged token', [`Authorization: Bearer ${forged}`]],
    ['a token of another scheme', ['Authorization: Basic YTpi']],
  ])('refuse %s by the headers alone', async (_who, headers) => {
    for (const path of [`/v1/projects/${newId()}/workflows`, `/v1/projects/${newId()}/workflows/import`]) {
      const answer = await announce(path, ...headers);
      expect(answer.head).toMatch(/^HTTP\/1.1 401 /);
      expectProblemBody(JSON.parse(answer.body) as Record<string, unknown>, 401);
    }
  });

  it('wait for the body of somebody who is signed in', async () => {
    const ada = await api.signUp();
    const answer = await announce(
      `/v1/projects/${newId()}/workflows`,
      `Authorization: Bearer ${ada.me.accessToken}`,
    );
    expect(answer.head).toBe('');
  });
});
