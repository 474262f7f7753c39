// The floor of a list: bare Fastify and pg with the SQL that the API runs, no tenants, no checks, no views.
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = fastify();
const SQL = process.env['LIST_SQL'] ?? 'select 1';
const values: unknown[] = JSON.parse(process.env['LIST_VALUES'] ?? '[]');

app.get('/', async () => {
  const { rows } = await pool.query({ name: 'list', text: SQL, values });
  return { data: rows, nextCursor: null };
});
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.stdout.write('ready\n');
