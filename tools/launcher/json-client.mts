const TIMEOUT_MS = 60_000;

/** An answer of the API that is no success. The message is the problem's own title and detail. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
  }
}

/** As much of a client as the demo needs: JSON in, JSON out, a bearer token. */
export class JsonClient {
  token: string | undefined;
  readonly #baseUrl: string;
  readonly #signal: AbortSignal;

  constructor(baseUrl: string, signal: AbortSignal) {
    this.#baseUrl = baseUrl;
    this.#signal = signal;
  }

  get(path: string): Promise<unknown> {
    return this.#request(path, { method: 'GET' });
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async #request(path: string, init: RequestInit): Promise<unknown> {
    const headers = new Headers(init.headers);
    if (this.token !== undefined) headers.set('authorization', `Bearer ${this.token}`);
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(`${this.#baseUrl}${path}`, { ...init, headers, signal });
    const text = await response.text();
    const body = text === '' ? null : parse(text);
    if (response.ok) return body;
    throw new HttpError(
      response.status,
      `${init.method} ${path} answered ${response.status}${problemText(body)}`,
    );
  }
}

/** The text at a path of keys. @throws Error that names the path */
export function textAt(body: unknown, ...path: readonly string[]): string {
  let value = body;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;
  }
  if (typeof value === 'string') return value;
  throw new Error(`the API answered without ${path.join('.')}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function problemText(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const parts = ['title', 'detail'].flatMap((key) => {
    const value = new Map(Object.entries(body)).get(key);
    return typeof value === 'string' ? [value] : [];
  });
  return parts.length === 0 ? '' : `: ${parts.join(': ')}`;
}
