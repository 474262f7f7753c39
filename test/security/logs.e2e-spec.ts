import type { ApiClient } from '../support/api-client';
import { sendRaw } from '../support/raw-http';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Logs (R60, R46, F126)', () => {
  let api: TestApp;
  let person: ApiClient;

  beforeAll(async () => {
    api = await startTestApp();
    person = await api.signUp();
  });

  afterAll(() => api.stop());

  it('cannot be forged: every line is one JSON object, whatever was sent', async () => {
    const forged = '{"level":"info","event":"forged"}';
    for (const breaker of ['\r\n', '\n', '\u2028', '\u001b[2K\u001b[1A', '\u0000', '\u0085']) {
      const text = `${breaker}${forged}${breaker}`;
      await person.patch('/v1/me', { name: text });
      await api.anonymous().post('/v1/auth/login', { email: text, password: text });
      await api.anonymous().get(`/v1/${encodeURIComponent(text)}`, {
        'user-agent': encodeURIComponent(text),
        'x-request-id': encodeURIComponent(text),
      });
      await sendRaw(api.url, [`GET /v1/${text} HTTP/1.1\r\nHost: x\r\n\r\n`], { waitMs: 300 });
    }
    for (const line of api.logs) {
      expect(line.endsWith('\n')).toBe(true);
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f\u0085\u2028\u2029]/);
      expect((JSON.parse(line) as { event: string }).event).not.toBe('forged');
    }
  });

  it('join with answers and audit rows by the request id that a client gave, if it is harmless', async () => {
    const given = await person.patch('/v1/me', { name: 'Ada' }, { 'x-request-id': 'trace-0123456789' });
    expect(given.headers.get('x-request-id')).toBe('trace-0123456789');
    const rows = await api.database.query(
      "select action from audit_events where request_id = 'trace-0123456789'",
    );
    expect(rows).toEqual([{ action: 'account.updated' }]);
    for (const harmful of ['short', 'a b c d e f g', "'; drop table", 'x'.repeat(200)]) {
      const response = await person.get('/v1/me', { 'x-request-id': harmful });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
