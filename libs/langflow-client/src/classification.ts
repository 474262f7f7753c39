import { isJsonObject } from '@weir/kernel';
import type { JsonValue } from '@weir/kernel';
import { EngineError } from './engine-error';
import type { EngineErrorKind } from './engine-error';
import { objectAt, stringAt, tryParseJson } from './json-reader';

/** Longest part of the engine's words that is kept: enough for every provider message, too little for a traceback. */
const MAX_MESSAGE_LENGTH = 4_000;

/**
 * What Langflow 1.13 and the providers say when a component fails, first match wins. Langflow answers 500 for all of
 * these and has no codes, so their words are the only source; each row has a test with the text as it was seen.
 */
const COMPONENT_FAILURES: readonly (readonly [RegExp, EngineErrorKind])[] = [
  [/\b[\w-]+ variable not found\b/i, 'secret_missing'],
  [/\bAPI key is required\b/i, 'secret_missing'],
  [/\bcould not be resolved from environment variables or Global Variables\b/i, 'secret_missing'],
  [/\bDid not find \w*(?:api_key|token)\b/i, 'secret_missing'],
  [
    /\b(?:api_key|API key|credentials) (?:client option )?(?:must be set|must be provided|not provided)/i,
    'secret_missing',
  ],
  [/You didn't provide an API key/i, 'secret_missing'],
  [/\bError code: 401\b/, 'provider_rejected_key'],
  [/\b(?:Incorrect|Invalid) API key\b/i, 'provider_rejected_key'],
  [/\binvalid[_ ]?(?:x-)?api[-_ ]key\b/i, 'provider_rejected_key'],
  [/\bAPI[_ ]KEY[_ ]INVALID\b/i, 'provider_rejected_key'],
  [/\bAPI key not valid\b/i, 'provider_rejected_key'],
  [/\b(?:authentication_error|AuthenticationError)\b/, 'provider_rejected_key'],
  [/\b401 (?:Client Error|Unauthorized)\b/i, 'provider_rejected_key'],
  [/\bError code: 429\b/, 'provider_rate_limited'],
  [
    /\b(?:rate_limit_exceeded|rate_limit_error|insufficient_quota|RESOURCE_EXHAUSTED|RateLimitError)\b/,
    'provider_rate_limited',
  ],
  [/\b429 (?:Client Error|Too Many Requests)\b/i, 'provider_rate_limited'],
  [/\bFlow build blocked\b/, 'flow_refused'],
  [/\bcustom components are not allowed\b/i, 'flow_refused'],
  [/\bcode-execution components are not allowed\b/i, 'flow_refused'],
  [/\bCustom component creation is disabled\b/i, 'flow_refused'],
  [/\bFlow (?:identifier \S+ )?not found\b/, 'flow_not_found'],
];

const COMPONENT_NAME = /Error building Component ([^\n]{1,200}?): *\n/;
/** Only names that could be ours: a lower-case one may be a key that somebody put where a name belongs. */
const MISSING_VARIABLE = /\b([A-Z][A-Z0-9_]{0,127}) variable not found\b/;
const CANONICAL_VARIABLE = /configure it globally as ([A-Z][A-Z0-9_]{0,127})\b/;

/** Langflow's advice to its operator, which it appends to the failure of any component that it runs with its own code. */
const ENGINE_NOTE = /\n\nNote: custom components are disabled on this server \(LANGFLOW_[^]*$/;

/**
 * The failure of a component in the engine's own words: from the body of a 500 or from an `error` event.
 * @param text the message, or `500: {"message": …}` as the stream wraps it
 * @param hint what an earlier event already told about the component
 */
export function classifyComponentFailure(
  text: string,
  hint: { readonly component?: string } = {},
): EngineError {
  const message = unwrapMessage(text).replace(ENGINE_NOTE, '');
  const kind = COMPONENT_FAILURES.find(([pattern]) => pattern.test(message))?.[1] ?? 'component_failed';
  const component = COMPONENT_NAME.exec(message)?.[1] ?? hint.component;
  const secretName = (MISSING_VARIABLE.exec(message) ?? CANONICAL_VARIABLE.exec(message))?.[1];
  return new EngineError(kind, {
    ...(component === undefined ? {} : { component }),
    ...(kind === 'secret_missing' && secretName !== undefined ? { secretName } : {}),
    providerMessage: message.slice(0, MAX_MESSAGE_LENGTH),
  });
}

/** Runs use an API key and execute components; management calls use a token and do not. */
export type CallPurpose = 'management' | 'run';

/** An answer with a status other than 2xx. */
export function classifyResponse(status: number, body: string, purpose: CallPurpose): EngineError {
  if (status === 500 && purpose === 'run') return classifyComponentFailure(body);
  const message = unwrapMessage(body);
  return new EngineError(kindOfStatus(status, message, purpose), {
    status,
    // 503 and 429 turn the request away before it begins. 502 and 504 are a proxy that lost the engine in the middle.
    retrySafe: status === 503 || (status === 429 && purpose === 'management'),
    providerMessage: message.slice(0, MAX_MESSAGE_LENGTH),
  });
}

function kindOfStatus(status: number, message: string, purpose: CallPurpose): EngineErrorKind {
  switch (status) {
    case 400:
    case 409:
    case 422:
      return 'flow_refused';
    case 401:
      // A run without a good key is 403; 401 there is a service that a component connects to.
      return purpose === 'run' ? 'provider_rejected_key' : 'credential_rejected';
    case 403:
      return purpose === 'management' || /API key/i.test(message) ? 'credential_rejected' : 'flow_refused';
    case 404:
      return kindOfNotFound(message);
    case 413:
      return 'too_large';
    case 429:
      return purpose === 'run' ? 'provider_rate_limited' : 'unreachable';
    case 502:
    case 503:
    case 504:
      return 'unreachable';
    default:
      return 'protocol';
  }
}

/** `Not Found` alone is the router's answer to a path that this version does not have. */
function kindOfNotFound(message: string): EngineErrorKind {
  if (/^Not Found$/.test(message)) return 'protocol';
  return COMPONENT_FAILURES.find(([pattern]) => pattern.test(message))?.[1] ?? 'flow_not_found';
}

/**
 * Langflow wraps the message up to three times: `{"detail": "{\"message\": …}"}`, in a stream also behind `500: `.
 * Anything else comes back as it is.
 */
function unwrapMessage(text: string): string {
  const json = tryParseJson(text.replace(/^\d{3}: (?=\{)/, ''));
  return json === undefined || !isJsonObject(json) ? text : messageOf(json, text);
}

function messageOf(json: JsonValue, text: string): string {
  const detail = stringAt(json, 'detail');
  if (detail !== null) return unwrapMessage(detail);
  return stringAt(objectAt(json, 'detail') ?? json, 'message') ?? text;
}
