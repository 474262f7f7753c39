import type { ApiClient, ApiResponse } from '../api-client';
import type { TestApp } from '../test-app';
import { joinOrganization, logInAgain } from './identities';
import { plantObjects, tracesOf, type Objects } from './objects';
import { listRoutes, send, sendAboutNothing, type Route } from './send';

/** Who asks for somebody's objects without a right to them. */
export const STRANGERS = ['anonymous', 'other organization', 'same organization'] as const;
export type Stranger = (typeof STRANGERS)[number];

export interface Cell {
  readonly route: string;
  readonly identity: string;
  /** Short, for the printed table. */
  readonly outcome: string;
  /** Why the cell is wrong; null when it is as it should be. */
  readonly leak: string | null;
}

/** Owner A, with one of everything. */
export interface Victim {
  readonly client: ApiClient;
  readonly objects: Objects;
}

export async function makeVictim(api: TestApp): Promise<Victim> {
  const client = await api.signUp();
  return { client, objects: await plantObjects(client, () => logInAgain(api, client)) };
}

/** Every route, tried by each stranger on the victim's objects. */
export async function tryStrangers(api: TestApp, victim: Victim): Promise<Cell[]> {
  const { routes } = listRoutes(api.routes.list());
  const cells: Cell[] = [];
  // Objects first: a stranger who has stored a secret of the same name has one to delete.
  const ordered = routes.toSorted(
    (left, right) => Number(right.row.access === 'object') - Number(left.row.access === 'object'),
  );
  for (const stranger of STRANGERS) {
    let client = await makeStranger(api, stranger, victim);
    for (const route of ordered) {
      cells.push(await tryRoute(client, stranger, route, victim));
      if (route.row.endsLogin) client = await makeStranger(api, stranger, victim);
    }
  }
  return cells;
}

function makeStranger(api: TestApp, stranger: Stranger, victim: Victim): Promise<ApiClient> {
  if (stranger === 'anonymous') return Promise.resolve(api.anonymous());
  // With every right in the own organization, so that a refusal is not one of the role.
  return stranger === 'other organization' ? api.signUp() : joinOrganization(api, victim.client, 'owner');
}

async function tryRoute(
  client: ApiClient,
  stranger: Stranger,
  route: Route,
  { objects, client: owner }: Victim,
): Promise<Cell> {
  const response = await send(client, route, objects);
  const cell = (leak: string | null): Cell => ({
    route: route.name,
    identity: stranger,
    outcome: String(response.status),
    leak,
  });
  const shown = mayShow(route, stranger) ? [] : findTraces(response, objects, owner);
  if (shown.length > 0) return cell(`shows ${shown.join(', ')}`);
  if (route.row.access === 'public') return cell(response.status < 500 ? null : 'fails');
  if (stranger === 'anonymous') return cell(response.status === 401 ? null : 'answers without a login');
  if (route.row.access !== 'object')
    return cell(response.status < 500 && response.status !== 401 ? null : 'fails');
  return cell(await difference(client, route, objects, response));
}

/** An answer about an object is compared as a whole; what is the organization's, its owners and admins may see. */
function mayShow({ row: { access } }: Route, stranger: Stranger): boolean {
  return access === 'object' || (access === 'organization' && stranger === 'same organization');
}

/** A foreign object and a missing one must be told apart by nothing (R27). */
async function difference(
  client: ApiClient,
  route: Route,
  objects: Objects,
  about: ApiResponse,
): Promise<string | null> {
  const { response: missing, id } = await sendAboutNothing(client, route, objects);
  if (about.status !== 404) return `answers ${about.status} instead of 404`;
  const known = route.row.input(objects).params?.[route.row.object] ?? '';
  const [left, right] = [comparable(about, known), comparable(missing, id)];
  return left === right ? null : `differs from a missing one: ${left} / ${right}`;
}

const VARYING = new Set(['date', 'x-request-id', 'server-timing', 'keep-alive', 'connection']);

function comparable({ status, headers, text }: ApiResponse, id: string): string {
  const kept = [...headers.entries()].filter(([name]) => !VARYING.has(name));
  const requestId = headers.get('x-request-id') ?? '';
  const plain = text.replaceAll(id, '<id>').replaceAll(requestId, '<request>');
  return JSON.stringify({ status, kept, plain });
}

function findTraces({ text, headers }: ApiResponse, objects: Objects, owner: ApiClient): string[] {
  const seen = `${text}\n${JSON.stringify([...headers.entries()])}`;
  const secret = [...tracesOf(objects), owner.me.user.id, owner.me.user.email];
  // Somebody who stores a secret of the same name sees that name again, because it is the own.
  return secret.filter((trace) => seen.includes(trace) && !objects.secretName.includes(trace));
}

/** Everything that the database holds about a person in an organization, for before and after. */
export async function snapshot(api: TestApp, { client }: Victim): Promise<Record<string, string[]>> {
  const tables = await api.database.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute o on o.attrelid = c.oid and o.attname = 'organization_id'
     join pg_attribute u on u.attrelid = c.oid and u.attname = 'user_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
  );
  const entries: [string, string[]][] = [];
  for (const { name } of tables) {
    const rows = await api.database.query<{ row: string }>(
      `select t::text as row from ${name} t where organization_id = $1 and user_id = $2 order by 1`,
      [client.me.organization.id, client.me.user.id],
    );
    entries.push([name, rows.map(({ row }) => row)]);
  }
  const profile = await api.database.query<{ row: string }>(
    'select t::text as row from users t where id = $1',
    [client.me.user.id],
  );
  entries.push(['users', profile.map(({ row }) => row)]);
  return Object.fromEntries(entries);
}

/** The matrix for people to read: a line a route, a column an identity. */
export function formatMatrix(cells: readonly Cell[]): string {
  const identities = [...new Set(cells.map(({ identity }) => identity))];
  const routes = [...new Set(cells.map(({ route }) => route))];
  const width = Math.max(...routes.map(({ length }) => length));
  const line = (name: string, columns: readonly string[]): string =>
    [name.padEnd(width), ...columns.map((text, index) => text.padEnd(identities[index]?.length ?? 0))]
      .join('  ')
      .trimEnd();
  const outcome = (route: string, identity: string): string => {
    const cell = cells.find((candidate) => candidate.route === route && candidate.identity === identity);
    return cell === undefined ? '' : `${cell.outcome}${cell.leak === null ? '' : ' LEAK'}`;
  };
  return [
    line('', identities),
    ...routes.map((route) =>
      line(
        route,
        identities.map((identity) => outcome(route, identity)),
      ),
    ),
  ].join('\n');
}
