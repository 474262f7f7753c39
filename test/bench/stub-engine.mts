// A Langflow that costs nothing: the floor against which Weir's own time is measured. Serves what a run needs, and no more.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const message = (text: string): object => ({
  results: {
    message: {
      text,
      properties: { usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 }, state: 'complete' },
    },
  },
  component_id: 'ChatOutput-1',
  component_display_name: 'Chat Output',
});
const runResult = (text: string): string =>
  JSON.stringify({ session_id: 's', outputs: [{ inputs: {}, outputs: [message(text)] }] });
const add = (id: string, text: string, state: string): string =>
  JSON.stringify({
    event: 'add_message',
    data: { id, sender: 'Machine', sender_name: 'AI', text, properties: { state } },
  });
const NO_VARIABLE = JSON.stringify({
  detail: JSON.stringify({ message: 'Error running graph: PATH variable not found.' }),
});
const STREAM = [
  JSON.stringify({ event: 'token', data: { chunk: 'pong', id: 'm1' } }),
  add('m1', 'pong', 'complete'),
  JSON.stringify({ event: 'end', data: { result: JSON.parse(runResult('pong')) } }),
];

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = request.url ?? '/';
  const json = (status: number, text: string): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  };
  // What a safe engine says to the probe, which asks with an empty input for a variable of the environment.
  if (url.startsWith('/api/v1/run/') && body.includes('"input_value":""')) json(500, NO_VARIABLE);
  else if (url.startsWith('/api/v1/run/') && url.includes('stream=true')) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of STREAM) response.write(`${event}\n\n`);
    response.end();
  } else if (url.startsWith('/api/v1/run/')) json(200, runResult('pong'));
  else if (url.startsWith('/api/v1/flows/')) json(request.method === 'PUT' ? 201 : 200, flowOf(url));
  else if (url.startsWith('/api/v1/api_key'))
    json(200, JSON.stringify({ id: 'k', api_key: 'sk-stub', expires_at: null }));
  else if (url.startsWith('/health_check')) json(200, '{"status":"ok","chat":"ok","db":"ok"}');
  else if (url.startsWith('/api/v1/version'))
    json(200, '{"version":"1.13.0","main_version":"1.13.0","package":"Langflow"}');
  else if (url.startsWith('/api/v1/auto_login'))
    json(403, '{"detail":{"message":"Auto login is disabled.","auto_login":false}}');
  else if (url.startsWith('/api/v1/config')) json(200, '{"allow_custom_components":false}');
  else json(200, '{}');
}

function flowOf(url: string): string {
  return JSON.stringify({ id: url.split('/')[4], name: 'stub', data: null });
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => answer(request, response, body));
}).listen(Number(process.env['PORT']), '127.0.0.1', () => process.stdout.write('ready\n'));
