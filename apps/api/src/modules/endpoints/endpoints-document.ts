import type { JsonObject } from '@weir/kernel';
import type { EndpointRow } from '../workflows/workflows.service';
import { endpointFields, inputSchemaOf } from './endpoint-fields';

const PROBLEM: JsonObject = {
  type: 'object',
  description: 'Problem details (RFC 9457). `code` is stable.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    runId: { type: 'string', format: 'uuid', description: 'Of a run that was started and did not succeed.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

const USAGE: JsonObject = {
  type: ['object', 'null'],
  properties: {
    inputTokens: { type: 'integer' },
    outputTokens: { type: 'integer' },
    totalTokens: { type: 'integer' },
  },
};

const OUTPUT: JsonObject = {
  type: 'object',
  required: ['text', 'items'],
  properties: {
    text: { type: 'string', description: 'The first text among the outputs.' },
    items: {
      type: 'array',
      description: 'One entry an output of the flow.',
      items: {
        type: 'object',
        properties: {
          componentId: { type: ['string', 'null'] },
          componentName: { type: ['string', 'null'] },
          text: { type: ['string', 'null'] },
          data: { description: 'Any other output, as JSON.' },
        },
      },
    },
  },
};

const PROBLEMS: Readonly<Record<string, string>> = {
  '401': 'The key or the access token is missing or does not work.',
  '403': 'The key does not have the scope runs:write, or not from this address.',
  '404': 'The workflow is not published any more.',
  '422': 'The body is not what the workflow takes, or a secret is missing.',
  '429': 'Too many requests, or the runs of the month are used up.',
  '502': 'The run failed.',
  '503': 'The engine is not available right now.',
  '504': 'The run took too long.',
};

/** OpenAPI 3.1 with a path for each workflow that can be run by its slug. */
export function describeEndpoints(
  organizationName: string,
  endpoints: readonly EndpointRow[],
  serverUrl: string | undefined,
): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: organizationName,
      version: '1',
      description:
        'The published workflows of this organization. Create a key with the scope `runs:write` with POST /v1/api-keys.',
    },
    // The specification's default is the host that served the document.
    servers: [{ url: serverUrl ?? '/' }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [{ name: 'Workflows' }],
    paths: Object.fromEntries(endpoints.map((endpoint) => [`/v1/run/${endpoint.slug}`, pathOf(endpoint)])),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key (`wk_…`) or an access token.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key (`wk_…`).' },
      },
      schemas: { Problem: PROBLEM },
    },
  };
}

function pathOf(endpoint: EndpointRow): JsonObject {
  const { slug, name, description } = endpoint;
  return {
    post: {
      operationId: `run-${slug}`,
      summary: name,
      ...(description === null || description === '' ? {} : { description }),
      tags: ['Workflows'],
      parameters: [
        {
          name: 'stream',
          in: 'query',
          description: 'Server-sent events instead of the result.',
          schema: { type: 'boolean', default: false },
        },
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'A text of your own: the same request with it runs once.',
          schema: { type: 'string', maxLength: 255 },
        },
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: inputSchemaOf(endpointFields(endpoint.interface)) } },
      },
      responses: { '200': answer(), ...problemResponses() },
    },
  };
}

/** The outputs of a flow are told apart by their components; how many there are is known when it ran. */
function answer(): JsonObject {
  const result: JsonObject = {
    type: 'object',
    required: ['id', 'status', 'workflowId', 'output'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      status: { type: 'string', enum: ['succeeded'] },
      workflowId: { type: 'string', format: 'uuid' },
      version: { type: 'integer' },
      executionMode: { type: 'string', enum: ['engine', 'simulated'] },
      output: OUTPUT,
      usage: USAGE,
      durationMs: { type: ['integer', 'null'] },
      createdAt: { type: 'string', format: 'date-time' },
    },
  };
  return {
    description: 'The run that succeeded, or its events.',
    content: { 'application/json': { schema: result }, 'text/event-stream': { schema: { type: 'string' } } },
  };
}

function problemResponses(): JsonObject {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, description]) => [status, { description, content }]),
  );
}
