import { readFileSync } from 'node:fs';
import { atRate, flatOut } from './load.mts';
import { setStage } from './_stage.mts';
const stage = await setStage();
const rss = () => (Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stage.apiPid}/status`, 'utf8'))?.[1]) / 1024).toFixed(0);
try {
  const post = async (p: string, body: unknown, t?: string) => (await fetch(stage.api + p, { method: 'POST', headers: { 'content-type': 'application/json', ...(t ? { authorization: `Bearer ${t}` } : {}) }, body: JSON.stringify(body) })).json();
  const login: any = await post('/v1/auth/register', { email: 'b@example.com', password: 'a quiet river at dusk', name: 'B' });
  const t = login.accessToken;
  const projects: any = await (await fetch(stage.api + '/v1/projects', { headers: { authorization: `Bearer ${t}` } })).json();
  const w: any = await post(`/v1/projects/${projects.data[0].id}/workflows`, { name: 'E', starter: 'echo' }, t);
  const run = { origin: stage.api, path: `/v1/workflows/${w.id}/runs`, method: 'POST' as const, headers: { 'content-type': 'application/json', authorization: `Bearer ${t}` }, body: JSON.stringify({ input: 'ping', mode: 'sync' }) };
  const me = { origin: stage.api, path: `/v1/me`, method: 'GET' as const, headers: { authorization: `Bearer ${t}` } };
  const live = { origin: stage.api, path: `/livez`, method: 'GET' as const, headers: {} };
  console.log('rss start', rss());
  await flatOut(run, 8, 3);
  console.log('live', await atRate(live, 50, 4)); console.log('me', await atRate(me, 50, 4)); console.log('run', await atRate(run, 50, 6)); console.log('rss', rss());
  for (let i = 0; i < 5; i++) { const r = await fetch(stage.api + run.path, { method: 'POST', headers: run.headers, body: run.body }); await r.text(); console.log(r.headers.get('server-timing')); }
  for (let i = 0; i < 4; i++) { console.log('flat', (await flatOut(run, 16, 5)).toFixed(0), 'rss', rss()); }
} finally { await stage.stop(); }
