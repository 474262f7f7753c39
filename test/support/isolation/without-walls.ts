import type { TestDatabase } from '@weir/testing';
import pg from 'pg';

/** Takes the second wall down in one database: no table has row-level security any more. */
export async function dropRowLevelSecurity(database: TestDatabase): Promise<void> {
  const tables = await database.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity",
  );
  for (const { name } of tables) await database.query(`alter table ${name} disable row level security`);
}

export interface Breach {
  /** Comparisons that were taken out so far. */
  readonly removed: () => number;
  readonly restore: () => void;
}

type Query = { readonly text: string; readonly values?: readonly unknown[]; readonly name?: string };
type Send = (this: pg.Client, query: string | Query, ...rest: unknown[]) => unknown;

/**
 * Takes the first wall down in this process: of every statement that the service sends, each comparison of a column with
 * the actor's organization or user id is replaced by one that is always true. That is what a repository that forgot its
 * `where` would send, done to all of them at once.
 *
 * It happens where all statements pass, below Prisma and below hand-written SQL alike; an extension of Prisma would not see
 * the latter. What is written into rows stays as it is, and so does the context that row-level security reads.
 */
export function breachApplicationWall(): Breach {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the client as `this`
  const send = pg.Client.prototype.query as unknown as Send;
  let removed = 0;
  const breached: Send = function breached(query, ...rest) {
    const actor = (
      this as unknown as { context?: { organizationId?: string; userId?: string } | string | null }
    ).context;
    if (typeof query === 'string' || typeof actor !== 'object' || actor === null)
      return send.call(this, query, ...rest);
    const ids = new Set([actor.organizationId, actor.userId]);
    const { text, count } = withoutOwner(
      query.text,
      query.values ?? (Array.isArray(rest[0]) ? rest[0] : []),
      ids,
    );
    removed += count;
    if (count > 0) {
      // In place, because it may be an object that knows how to send itself; without its name, under which the server would
      // still have the statement as it was prepared before.
      Object.assign(query, { text, name: undefined });
    }
    return send.call(this, query, ...rest);
  };
  pg.Client.prototype.query = breached as unknown as pg.Client['query'];
  return {
    removed: () => removed,
    restore: () => {
      pg.Client.prototype.query = send as unknown as pg.Client['query'];
    },
  };
}

const COMPARISON = /(?:"?\w+"?\.)*"?\w+"?\s*(?:=|is not distinct from)\s*\$(\d+)(?:::uuid)?/gi;

function withoutOwner(
  text: string,
  values: readonly unknown[],
  ids: ReadonlySet<unknown>,
): { text: string; count: number } {
  // `set user_id = $1` is no comparison.
  const start = /^\s*update\b/i.test(text) ? Math.max(0, text.search(/\bwhere\b/i)) : 0;
  let count = 0;
  const conditions = text.slice(start).replace(COMPARISON, (comparison, place: string) => {
    if (!ids.has(values[Number(place) - 1])) return comparison;
    count += 1;
    return `($${place}::uuid is not null)`;
  });
  return { text: text.slice(0, start) + conditions, count };
}
