import { classifyComponentFailure, classifyResponse } from './classification';

/** Texts as a Langflow 1.13.0 gave them. */
const inDetail = (message: string): string =>
  JSON.stringify({
    detail: JSON.stringify({ message, traceback: null, description: null, code: null, suggestion: null }),
  });
const openAi401 =
  "Error running graph: Error building Component Language Model: \n\nError code: 401 - {'error': {'message': 'Incorrect API key provided: sk-wrong-1. You can find your API key at https://platform.openai.com/account/api-keys.', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}";
const missingVariable =
  'Error running graph: Error building Component Agent: \n\nOPENAI_API_KEY variable not found.';

describe('classifyComponentFailure', () => {
  it.each([
    [openAi401, 'provider_rejected_key', 'Language Model', null],
    [
      "Error running graph: Error building Component Language Model: \n\nError code: 429 - {'error': {'message': 'Rate limit reached for gpt-4o-mini on requests per min (RPM): Limit 3, Used 3.', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}",
      'provider_rate_limited',
      'Language Model',
      null,
    ],
    [missingVariable, 'secret_missing', 'Agent', 'OPENAI_API_KEY'],
    [
      'Error running graph: Error building Component Language Model: \n\nOpenAI API key is required when using OpenAI provider. Please provide it in the component or configure it globally as OPENAI_API_KEY.',
      'secret_missing',
      'Language Model',
      'OPENAI_API_KEY',
    ],
    [
      'Flow build blocked: custom components are not allowed: Chat Output (ChatOutput-yK0AU)',
      'flow_refused',
      null,
      null,
    ],
    [
      "Flow build blocked: no trusted server component matches this component's code.",
      'flow_refused',
      null,
      null,
    ],
    [
      'Error running graph: Error building Component URL: \n\nHTTP 500 from the site',
      'component_failed',
      'URL',
      null,
    ],
    // Other providers, in the words of their clients.
    [
      "Error building Component Anthropic: \n\nError code: 401 - {'type': 'error', 'error': {'type': 'authentication_error', 'message': 'invalid x-api-key'}}",
      'provider_rejected_key',
      'Anthropic',
      null,
    ],
    [
      'Error building Component Google: \n\n400 API key not valid. Please pass a valid API key. [reason: "API_KEY_INVALID"]',
      'provider_rejected_key',
      'Google',
      null,
    ],
    [
      'Error building Component Tavily: \n\nClient error 401 Unauthorized for url',
      'provider_rejected_key',
      'Tavily',
      null,
    ],
    [
      "Error building Component OpenAI: \n\nError code: 429 - {'error': {'code': 'insufficient_quota'}}",
      'provider_rate_limited',
      'OpenAI',
      null,
    ],
  ])('%s', (text, kind, component, secretName) => {
    expect(classifyComponentFailure(text)).toMatchObject({ kind, component, secretName });
  });

  it('reads the message out of both wrappings: of the body and of the stream', () => {
    for (const text of [inDetail(openAi401), `500: ${JSON.stringify({ message: openAi401 })}`]) {
      expect(classifyComponentFailure(text)).toMatchObject({
        kind: 'provider_rejected_key',
        component: 'Language Model',
        providerMessage: openAi401,
      });
    }
  });

  it("leaves out Langflow's advice to its operator", () => {
    const note =
      '\n\nNote: custom components are disabled on this server (LANGFLOW_ALLOW_CUSTOM_COMPONENTS=false), so the build ran this server\'s "Agent" component instead of the component code saved in the flow.';
    expect(classifyComponentFailure(missingVariable + note).providerMessage).toBe(missingVariable);
  });

  it('takes the component from the hint when the text does not name it', () => {
    expect(classifyComponentFailure('boom', { component: 'URL' })).toMatchObject({ component: 'URL' });
  });

  it('does not take a value that stands in the place of a name for the name of a secret', () => {
    const failure = classifyComponentFailure(
      'Error building Component Agent: \n\nsk-live-123 variable not found.',
    );
    expect(failure).toMatchObject({ kind: 'secret_missing', secretName: null });
  });

  it('is quick on long texts and cuts them', () => {
    const started = performance.now();
    const failure = classifyComponentFailure(`Error building Component ${'x '.repeat(200_000)}`);
    expect(performance.now() - started).toBeLessThan(500);
    expect(failure.providerMessage?.length).toBe(4_000);
  });
});

describe('classifyResponse', () => {
  it.each([
    ['run', 403, '{"detail":"Invalid or missing API key"}', 'credential_rejected', false],
    ['run', 403, '{"detail":"An API key must be passed as query or header"}', 'credential_rejected', false],
    ['run', 403, '{"detail":"Custom component creation is disabled"}', 'flow_refused', false],
    [
      'run',
      404,
      '{"detail":"Flow identifier 0743dace-5afe-4713-aab0-3cfe3d773db5 not found"}',
      'flow_not_found',
      false,
    ],
    ['run', 404, '{"detail":"Not Found"}', 'protocol', false],
    [
      'run',
      400,
      '{"detail":"Flow build blocked: custom components are not allowed: X (X-1)"}',
      'flow_refused',
      false,
    ],
    [
      'run',
      422,
      '{"detail":{"error":"Refused tweaks","code":"TWEAKS_REFUSED","message":"The field is protected.","fields":["code"]}}',
      'flow_refused',
      false,
    ],
    ['run', 500, inDetail(missingVariable), 'secret_missing', false],
    ['run', 500, 'Internal Server Error', 'component_failed', false],
    ['run', 401, '{"detail":"connection expired"}', 'provider_rejected_key', false],
    ['run', 429, '{}', 'provider_rate_limited', false],
    ['management', 401, '{"detail":"Invalid token"}', 'credential_rejected', false],
    ['management', 403, '{"detail":"No authentication credentials provided"}', 'credential_rejected', false],
    ['management', 409, '{"detail":"Endpoint name must be unique"}', 'flow_refused', false],
    ['management', 413, '{}', 'too_large', false],
    ['management', 429, '{}', 'unreachable', true],
    ['management', 500, '{"detail":"x"}', 'protocol', false],
    ['run', 502, 'Bad Gateway', 'unreachable', false],
    ['run', 503, 'Service Unavailable', 'unreachable', true],
    ['run', 504, 'Gateway Timeout', 'unreachable', false],
    ['run', 302, '', 'protocol', false],
  ] as const)('%s %i %s is %s', (purpose, status, body, kind, retrySafe) => {
    expect(classifyResponse(status, body, purpose)).toMatchObject({ kind, retrySafe });
  });

  it('keeps the words of the engine as they are, without their wrapping', () => {
    expect(
      classifyResponse(422, '{"detail":{"message":"The field is protected."}}', 'run').providerMessage,
    ).toBe('The field is protected.');
  });
});
