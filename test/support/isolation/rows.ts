import { newId, type Role } from '@weir/kernel';
import { PASSWORD } from '../api-client';
import { markedFlow, type Objects } from './objects';

/**
 * - `public`: answers without a login.
 * - `own`: acts on what belongs to whoever asks; nobody else's things are seen or changed.
 * - `organization`: shows what belongs to the organization of whoever asks; nothing of another organization is seen or changed.
 * - `object`: names an object; for everybody but its owner it does not exist.
 */
export type Access = 'public' | 'own' | 'organization' | 'object';

/** What a request of a route needs beside its path. */
export interface Input {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
}

export interface Row {
  readonly access: Access;
  /** The status for the owner of the objects. */
  readonly status: number;
  /** The weakest role that may use the route. */
  readonly least: Role;
  /** Which parameter names the object; the one that is replaced by an id of nothing. */
  readonly object: string;
  readonly input: (objects: Objects) => Input;
  /** The login does not survive the request. */
  readonly endsLogin: boolean;
}

type Options = Partial<Pick<Row, 'least' | 'object' | 'input' | 'endsLogin'>>;

function row(access: Access, status: number, options: Options): Row {
  return { access, status, least: 'viewer', object: 'id', input: () => ({}), endsLogin: false, ...options };
}

const open = (status = 200, input: () => Input = () => ({})): Row => row('public', status, { input });
const own = (status: number, options: Options = {}): Row => row('own', status, options);
const organizationWide = (status: number, options: Options = {}): Row => row('organization', status, options);
const object = (
  kind: keyof Objects,
  status: number,
  options: Options & { readonly with?: (objects: Objects) => Input } = {},
): Row =>
  row('object', status, {
    ...options,
    input: (objects) => {
      const extra = options.with?.(objects) ?? {};
      return { ...extra, params: { [options.object ?? 'id']: objects[kind], ...extra.params } };
    },
  });

const ADMIN = { least: 'admin' } as const;
const BUILDER = { least: 'builder' } as const;
const OPERATOR = { least: 'operator' } as const;
const body = (value: unknown) => ({ with: () => ({ body: value }) });

/** Every route of the service and who may do what with it. A route that is not here fails the build (F11). */
export const ROWS: Readonly<Record<string, Row>> = {
  // Documents and probes.
  'GET /livez': open(),
  'GET /readyz': open(),
  'GET /openapi.json': open(),
  'GET /docs': open(),

  // Sign-in.
  'POST /v1/auth/register': open(201, () => ({
    body: { email: `${newId()}@example.com`, password: PASSWORD, name: 'New' },
  })),
  'POST /v1/auth/login': open(401, () => ({ body: { email: 'nobody@example.com', password: PASSWORD } })),
  'POST /v1/auth/refresh': open(401, () => ({ body: { refreshToken: 'x'.repeat(43) } })),
  'POST /v1/auth/logout': own(204, { endsLogin: true }),
  'POST /v1/auth/logout-all': own(204, { endsLogin: true }),
  'POST /v1/auth/password': own(204, {
    input: () => ({ body: { currentPassword: PASSWORD, newPassword: 'seven quiet boats drift' } }),
    endsLogin: true,
  }),
  'GET /v1/auth/sessions': own(200),
  'DELETE /v1/auth/sessions/:id': object('session', 204),
  'GET /v1/me': own(200),
  'PATCH /v1/me': own(200, { input: () => ({ body: { name: 'Renamed' } }) }),
  'DELETE /v1/me': own(204, { endsLogin: true }),

  // Organizations and members. The person acts in a personal organization, which takes no members; the same routes about
  // objects of a team, foreign ones included, are in the e2e tests of organizations, members and invitations.
  'POST /v1/auth/switch': own(404, { input: () => ({ body: { organizationId: newId() } }) }),
  'POST /v1/organizations': own(201, {
    input: () => ({ body: { name: 'New', slug: `new-${newId()}` } }),
  }),
  'GET /v1/organizations': own(200),
  'GET /v1/organizations/by-slug/:slug': own(404, { input: () => ({ params: { slug: 'never-was' } }) }),
  'GET /v1/organizations/:id': own(404, { input: () => ({ params: { id: newId() } }) }),
  'PATCH /v1/organizations/:id': own(404, {
    input: () => ({ params: { id: newId() }, body: { name: 'New' } }),
  }),
  'DELETE /v1/organizations/:id': own(404, { input: () => ({ params: { id: newId() } }) }),
  'GET /v1/members': organizationWide(200),
  'PATCH /v1/members/:userId': own(404, {
    ...ADMIN,
    input: () => ({ params: { userId: newId() }, body: { role: 'viewer' } }),
  }),
  'DELETE /v1/members/:userId': own(404, { ...ADMIN, input: () => ({ params: { userId: newId() } }) }),
  'POST /v1/members/leave': own(409, { endsLogin: true }),
  'GET /v1/invitations': organizationWide(200, ADMIN),
  'POST /v1/invitations': own(409, {
    ...ADMIN,
    input: () => ({ body: { email: `${newId()}@example.com`, role: 'viewer' } }),
  }),
  'POST /v1/invitations/:id/resend': own(404, { ...ADMIN, input: () => ({ params: { id: newId() } }) }),
  'DELETE /v1/invitations/:id': own(404, { ...ADMIN, input: () => ({ params: { id: newId() } }) }),
  'POST /v1/invitations/accept': open(404, () => ({ body: { token: 'x'.repeat(43) } })),

  // The audit trail.
  'GET /v1/audit': organizationWide(200, ADMIN),
  'GET /v1/audit/export': organizationWide(200, ADMIN),

  // Settings and secrets.
  'GET /v1/settings': own(200),
  'PATCH /v1/settings': own(200, { input: () => ({ body: { theme: 'dark' } }) }),
  'GET /v1/secrets': own(200),
  'GET /v1/secrets/providers': own(200),
  // The same name is another secret for everybody.
  'PUT /v1/secrets/:name': own(200, {
    input: ({ secretName }) => ({ params: { name: secretName }, body: { value: 'another value' } }),
  }),
  'DELETE /v1/secrets/:name': object('secretName', 204, { object: 'name' }),

  // Projects.
  'GET /v1/projects': own(200),
  'POST /v1/projects': own(201, { ...BUILDER, input: () => ({ body: { name: `New ${newId()}` } }) }),
  'PUT /v1/projects/order': own(204, { ...BUILDER, input: () => ({ body: { ids: [] } }) }),
  'GET /v1/projects/:id': object('project', 200),
  'PATCH /v1/projects/:id': object('project', 200, { ...BUILDER, ...body({ description: 'changed' }) }),
  'DELETE /v1/projects/:id': object('project', 204, {
    ...BUILDER,
    with: () => ({ query: 'workflows=archive' }),
  }),
  'POST /v1/projects/:id/archive': object('project', 200, BUILDER),
  'POST /v1/projects/:id/restore': object('project', 200, BUILDER),

  // Workflows.
  'GET /v1/starters': own(200),
  'POST /v1/projects/:projectId/workflows': object('project', 201, {
    ...BUILDER,
    object: 'projectId',
    with: () => ({ body: { name: `New ${newId()}`, flowData: markedFlow('nobody') } }),
  }),
  'POST /v1/projects/:projectId/workflows/import': object('project', 201, {
    ...BUILDER,
    object: 'projectId',
    with: () => ({ body: flowFile() }),
  }),
  'POST /v1/workflows/:id/duplicate': object('workflow', 201, { ...BUILDER, ...body({}) }),
  'GET /v1/workflows': own(200),
  'GET /v1/workflows/:id': object('workflow', 200),
  'PATCH /v1/workflows/:id': object('workflow', 200, { ...BUILDER, ...body({ description: 'changed' }) }),
  'DELETE /v1/workflows/:id': object('workflow', 204, BUILDER),
  'GET /v1/workflows/:id/export': object('workflow', 200),
  'GET /v1/workflows/:id/bindings': object('workflow', 200),
  'GET /v1/workflows/:id/flow': object('workflow', 200),
  'PUT /v1/workflows/:id/flow': object('workflow', 200, {
    ...BUILDER,
    with: () => ({ body: { flowData: markedFlow('nobody') } }),
  }),
  'GET /v1/workflows/:id/versions': object('workflow', 200),
  'GET /v1/workflows/:id/versions/:number': object('workflow', 200, {
    with: () => ({ params: { number: '1' } }),
  }),
  'POST /v1/workflows/:id/versions/:number/publish': object('workflow', 200, {
    ...BUILDER,
    with: () => ({ params: { number: '1' } }),
  }),
  'POST /v1/workflows/:id/unpublish': object('workflow', 200, BUILDER),

  // Runs.
  'POST /v1/workflows/:id/runs': object('workflow', 200, { ...OPERATOR, ...body({ input: 'hello' }) }),
  'GET /v1/runs': own(200),
  'GET /v1/runs/:id': object('run', 200),
  'GET /v1/runs/:id/events': object('run', 200),
  'POST /v1/runs/:id/cancel': object('run', 200, OPERATOR),

  // API keys and published workflows.
  'GET /v1/api-keys': own(200, BUILDER),
  'POST /v1/api-keys': own(201, {
    ...BUILDER,
    input: () => ({ body: { name: 'New', scopes: ['runs:read'] } }),
  }),
  'DELETE /v1/api-keys/:id': object('apiKey', 204, BUILDER),
  'POST /v1/api-keys/:id/rotate': object('apiKey', 201, { ...BUILDER, ...body({}) }),
  'POST /v1/run/:slug': object('endpoint', 200, { ...OPERATOR, object: 'slug', ...body({ input: 'hello' }) }),
  // Every member has a document of the workflows that he can see.
  'GET /v1/organizations/:id/openapi.json': own(200, {
    input: ({ organization }) => ({ params: { id: organization } }),
  }),

  // Conversations.
  'POST /v1/workflows/:id/conversations': object('workflow', 201, { ...OPERATOR, ...body({ title: 'New' }) }),
  'GET /v1/workflows/:id/conversations': object('workflow', 200),
  'GET /v1/conversations/:id': object('conversation', 200),
  'PATCH /v1/conversations/:id': object('conversation', 200, { ...OPERATOR, ...body({ title: 'Renamed' }) }),
  'DELETE /v1/conversations/:id': object('conversation', 204, OPERATOR),
  'POST /v1/conversations/:id/messages': object('conversation', 200, {
    ...OPERATOR,
    ...body({ content: 'hello' }),
  }),
  'GET /v1/conversations/:id/messages': object('conversation', 200),
  'PATCH /v1/conversations/:id/messages/:messageId': object('conversation', 200, {
    ...OPERATOR,
    with: ({ userMessage }) => ({ params: { messageId: userMessage }, body: { content: 'edited' } }),
  }),
  'PUT /v1/conversations/:id/messages/:messageId/feedback': object('conversation', 200, {
    ...OPERATOR,
    with: ({ assistantMessage }) => ({
      params: { messageId: assistantMessage },
      body: { value: 'positive' },
    }),
  }),
  'DELETE /v1/conversations/:id/messages/:messageId/feedback': object('conversation', 204, {
    ...OPERATOR,
    with: ({ assistantMessage }) => ({ params: { messageId: assistantMessage } }),
  }),
};

function flowFile(): FormData {
  const form = new FormData();
  const content = JSON.stringify({ name: `Imported ${newId()}`, data: markedFlow('nobody') });
  form.append('file', new Blob([content], { type: 'application/json' }), 'flow.json');
  return form;
}
