import { randomBytes } from 'node:crypto';

export interface ApiResponse<Body = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly text: string;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Login {
  readonly user: { readonly id: string; readonly email: string };
  readonly organization: { readonly id: string };
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const PASSWORD = 'a quiet river at dusk';

/** A client as anybody would write one: fetch, JSON and a bearer token. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly login: Login | null = null,
  ) {}

  static async signUp(url: string, name: string): Promise<ApiClient> {
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    const response = await new ApiClient(url).post('/v1/auth/register', { email, password: PASSWORD, name });
    if (response.status !== 201) throw new Error(`sign-up failed: ${response.status} ${response.text}`);
    return new ApiClient(url, response.body);
  }

  /** The login of a client that must be signed in. */
  get me(): Login {
    if (this.login === null) throw new Error('this client is anonymous');
    return this.login;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiResponse> {
    return this.request('GET', path, { headers });
  }

  post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiResponse> {
    return this.request('POST', path, { body, headers });
  }

  put(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiResponse> {
    return this.request('PUT', path, { body, headers });
  }

  patch(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ApiResponse> {
    return this.request('PATCH', path, { body, headers });
  }

  delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiResponse> {
    return this.request('DELETE', path, { headers });
  }

  async request(
    method: string,
    path: string,
    { body, headers = {} }: RequestOptions = {},
  ): Promise<ApiResponse> {
    const response = await this.fetch(method, path, { body, headers });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      text,
    };
  }

  /** The raw answer, for streams. */
  fetch(
    method: string,
    path: string,
    { body, headers = {} }: RequestOptions & { readonly signal?: AbortSignal } = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const raw = typeof body === 'string' || body instanceof FormData || body instanceof Uint8Array;
    return fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.login === null ? {} : { authorization: `Bearer ${this.login.accessToken}` }),
        ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  }
}
