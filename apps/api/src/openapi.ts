import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { AppConfig } from '@weir/config';
import { isJsonObject } from '@weir/kernel';

const DESCRIPTION = `Weir runs Langflow for many people and organizations: each with their own encrypted keys, history and limits.

Sign in with \`POST /v1/auth/login\` and send the access token as \`Authorization: Bearer …\`.
Errors are problem documents (RFC 9457) with a stable \`code\`. Lists are pages: pass \`nextCursor\` as \`cursor\`.`;

/** The OpenAPI 3.1 document, made from the controllers. The committed copy is openapi.json; a test keeps it equal. */
export function buildOpenApi(app: NestFastifyApplication, publicUrl: string | undefined): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Weir')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'x-api-key',
        description:
          'A key of POST /v1/api-keys, where its scopes allow the route. `Authorization: Bearer wk_…` works as well.',
      },
      'apiKey',
    );
  if (publicUrl !== undefined) builder.addServer(publicUrl);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return addProblems(document);
}

/** Serves /openapi.json and the reference page /docs. */
export function setUpOpenApi(app: NestFastifyApplication, config: AppConfig): void {
  SwaggerModule.setup('docs', app, () => buildOpenApi(app, config.http.publicUrl), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Weir API',
    raw: ['json'],
  });
}

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'Problem details (RFC 9457). `code` is stable; docs/problems.md lists the codes.',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string', example: '/docs/problems#not_found' },
    title: { type: 'string', example: 'Not found' },
    status: { type: 'integer', example: 404 },
    detail: {
      type: 'string',
      example: "There is no workflow '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e10' that you can see.",
    },
    code: { type: 'string', example: 'not_found' },
    requestId: { type: 'string', example: '01938b5e-7c1a-7d52-b3a4-2f9f6d1c8e11' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
} as const;

/** Every operation can answer with a problem; said once here instead of on each route. */
function addProblems(document: OpenAPIObject): OpenAPIObject {
  const schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA as object };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation === undefined) continue;
      operation.responses['default'] = {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      };
    }
  }
  return {
    ...document,
    paths: withNullAsType(document.paths),
    components: withNullAsType({ ...document.components, schemas }),
  };
}

/** Nest writes `nullable` beside a reference, which OpenAPI 3.1 replaced by the type null. */
function withNullAsType<T>(part: T): T {
  const text = JSON.stringify(part, (_key, value: unknown) => {
    if (!isJsonObject(value) || value['nullable'] !== true || !Array.isArray(value['allOf'])) return value;
    const { nullable: _nullable, allOf, ...rest } = value;
    return { ...rest, anyOf: [...allOf, { type: 'null' }] };
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same document, one keyword exchanged
  return JSON.parse(text) as T;
}
