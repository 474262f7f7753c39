import { PASSWORD } from '../support/api-client';
import { startTestApp, type TestApp } from '../support/test-app';

describe('Signing in', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startTestApp();
  });

  afterAll(() => api.stop());

  it('registers a person with a personal organization and signs in at once (F20)', async () => {
    const response = await api
      .anonymous()
      .post('/v1/auth/register', { email: 'Ada@Example.com ', password: PASSWORD, name: 'Ada' });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      user: { id: expect.any(String), email: 'ada@example.com', name: 'Ada', createdAt: expect.any(String) },
      organization: { id: expect.any(String), kind: 'personal', name: 'Ada' },
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
    });
    const login = await api
      .anonymous()
      .post('/v1/auth/login', { email: 'ada@example.com', password: PASSWORD });
    expect(login.status).toBe(200);
    expect(login.body.user.id).toBe(response.body.user.id);
  });

  it('answers an unknown address and a wrong password alike (F20, R08)', async () => {
    const ada = await api.signUp();
    const wrong = await api
      .anonymous()
      .post('/v1/auth/login', { email: ada.me.user.email, password: 'not the password' });
    const unknown = await api
      .anonymous()
      .post('/v1/auth/login', { email: 'nobody@example.com', password: 'not the password' });
    expect(wrong.status).toBe(401);
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  it('shows the person behind a token, and nobody without one', async () => {
    const ada = await api.signUp('Ada');
    expect((await ada.get('/v1/me')).body.user.name).toBe('Ada');
    expect((await api.anonymous().get('/v1/me')).status).toBe(401);
  });
});
