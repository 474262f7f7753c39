import { isUuid, newId } from '@weir/kernel';
import type { ApiClient, ApiResponse } from '../api-client';
import type { Objects } from './objects';
import { ROWS, type Input, type Row } from './rows';

/** Routes of the documentation page and of the HTTP layer itself, which name no object. */
const STATIC = /^(GET|HEAD) \/docs\/|^OPTIONS \*$/;

/** One route as the server lists it, with its row; HEAD shares the row of GET. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly row: Row;
}

export interface RouteLists {
  readonly routes: readonly Route[];
  /** Routes of the server without a row. */
  readonly withoutRow: readonly string[];
  /** Rows without a route. */
  readonly withoutRoute: readonly string[];
}

export function listRoutes(
  entries: readonly { readonly method: string; readonly path: string }[],
): RouteLists {
  const names = [...new Set(entries.map(({ method, path }) => `${method} ${path}`))].filter(
    (name) => !STATIC.test(name),
  );
  const rowOf = (name: string): Row | undefined => ROWS[name.replace(/^HEAD /, 'GET ')];
  const routes = names.flatMap((name): Route[] => {
    const [method = '', path = ''] = name.split(' ');
    const row = rowOf(name);
    return row === undefined ? [] : [{ method, path, name, row }];
  });
  return {
    routes,
    withoutRow: names.filter((name) => rowOf(name) === undefined),
    withoutRoute: Object.keys(ROWS).filter((name) => !names.includes(name)),
  };
}

export function send(client: ApiClient, route: Route, objects: Objects): Promise<ApiResponse> {
  return sendInput(client, route, route.row.input(objects));
}

/** The same request about something that never was. */
export async function sendAboutNothing(
  client: ApiClient,
  route: Route,
  objects: Objects,
): Promise<{ readonly response: ApiResponse; readonly id: string }> {
  const input = route.row.input(objects);
  const known = input.params?.[route.row.object] ?? '';
  const id = idLike(known);
  const response = await sendInput(client, route, {
    ...input,
    params: { ...input.params, [route.row.object]: id },
  });
  return { response, id };
}

/** Another id, name or slug of the same form and length. */
function idLike(known: string): string {
  if (isUuid(known)) return newId();
  const text = `x${newId().replaceAll('-', '')}`.slice(0, known.length).padEnd(known.length, 'x');
  return known === known.toUpperCase() ? text.toUpperCase() : text;
}

function sendInput(
  client: ApiClient,
  { method, path }: Route,
  { params = {}, query, body }: Input,
): Promise<ApiResponse> {
  const address = path.replace(/:([A-Za-z]+)/g, (_match, name: string) =>
    encodeURIComponent(params[name] ?? 'missing'),
  );
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD';
  return client.request(
    method,
    query === undefined ? address : `${address}?${query}`,
    hasBody ? { body } : {},
  );
}
