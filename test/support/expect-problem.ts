import type { ApiResponse } from './api-client';

/** What must never be in an answer: names of our parts, of our machine and of our tables, and traces. */
const INTERNALS =
  /node_modules|\.ts:\d|\bat .+:\d+:\d+|prisma|fastify|nestjs|postgres|pg_|weir_(app|owner)|select .+ from|insert into|FST_|ECONN|127\.0\.0\.1|localhost|\/work\/|\/home\//i;

/** A problem document (RFC 9457) with the members that are promised, and nothing about our inside. */
export function expectProblem(response: ApiResponse, status?: number): void {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expectProblemBody(response.body, response.status);
  expect(response.headers.get('x-request-id')).toBe(response.body.requestId);
  if (status !== undefined) expect(response.status).toBe(status);
}

/** The same for a body alone, when the answer was read from a socket. */
export function expectProblemBody(body: Record<string, unknown>, status: number): void {
  expect(body).toMatchObject({
    type: expect.stringMatching(/^\/docs\/problems#[a-z_]+$/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\.$/),
    code: expect.stringMatching(/^[a-z_]+$/),
    requestId: expect.stringMatching(/\S{8,}/),
  });
  expect(body['type']).toBe(`/docs/problems#${String(body['code'])}`);
  expect(JSON.stringify(body)).not.toMatch(INTERNALS);
}
