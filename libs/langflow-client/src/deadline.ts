import { EngineError } from './engine-error';
import type { TimeoutPhase } from './engine-error';

/** Codes of errors that come before a single byte of the request was sent: sending it again cannot run anything twice. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
]);

const TIMEOUTS: ReadonlyMap<string, TimeoutPhase> = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
  ['UND_ERR_HEADERS_TIMEOUT', 'first_byte'],
  ['UND_ERR_BODY_TIMEOUT', 'idle'],
]);

/** The answer is no HTTP, or the request could not be written as HTTP. */
const NOT_HTTP = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_INVALID_ARG$|UND_ERR_NOT_SUPPORTED$)/;

/**
 * The end of one call: whichever comes first of the total time and the caller's signal. It also knows afterwards which of
 * them it was, because an aborted request only says that it was aborted.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private reason: 'total' | 'caller' | null = null;
  private readonly onAbort = (): void => this.end('caller');

  constructor(
    totalMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(() => this.end('total'), totalMs);
    this.timer.unref();
    if (caller?.aborted === true) this.end('caller');
    else caller?.addEventListener('abort', this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Must be called when the call is over; without it a long-lived signal would keep every call in memory. */
  clear(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.onAbort);
  }

  /** What a low-level error means for this call. */
  explain(error: unknown): EngineError {
    if (this.reason === 'caller') return new EngineError('aborted', { cause: error });
    if (this.reason === 'total') return new EngineError('timeout', { timeoutPhase: 'total', cause: error });
    return error instanceof EngineError ? error : explainSocketError(error);
  }

  private end(reason: 'total' | 'caller'): void {
    this.reason ??= reason;
    this.controller.abort();
  }
}

function explainSocketError(error: unknown): EngineError {
  const code = codeOf(error);
  const timeoutPhase = TIMEOUTS.get(code);
  if (timeoutPhase !== undefined) {
    return new EngineError('timeout', { timeoutPhase, retrySafe: timeoutPhase === 'connect', cause: error });
  }
  if (NEVER_SENT.has(code)) return new EngineError('unreachable', { retrySafe: true, cause: error });
  if (NOT_HTTP.test(code)) return new EngineError('protocol', { cause: error });
  // Reset, closed, broken pipe: the engine may have begun.
  return new EngineError('unreachable', { cause: error });
}

/**
 * A host with several addresses fails with one error per address, in `errors`.
 * Members are looked at instead of classes: errors of node itself may come from another realm than `Error`.
 */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    const codes = error.errors.map(codeOf);
    return codes.find((code) => !NEVER_SENT.has(code)) ?? codes[0] ?? '';
  }
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
