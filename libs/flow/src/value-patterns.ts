/**
 * Values that give themselves away. Every expression is linear (bounded or possessive by construction: no nested repetition),
 * because flows are hostile input of up to 10 MB.
 */
const KEYS: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{12,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\bxapp-[A-Za-z0-9-]{10,}/g,
  /\bAIza[0-9A-Za-z_-]{30,}/g,
  /\bya29\.[0-9A-Za-z_-]{20,}/g,
  /\b(?:gsk|hf|r8|npm|ntn)_[A-Za-z0-9]{20,}/g,
  /\bpcsk_[A-Za-z0-9_]{20,}/g,
  /\blsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}/g,
  /\b(?:nvapi|pplx|xai|fc)-[A-Za-z0-9_-]{20,}/g,
  /\btvly-[A-Za-z0-9_-]{10,}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}/g,
  /\bapify_api_[A-Za-z0-9]{20,}/g,
  /\bAstraCS:[A-Za-z0-9:]{20,}/g,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g,
  /\bwk_[A-Za-z0-9-]{8,}_[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
];

/** The secret is the first group; what is around it stays. */
const EMBEDDED: readonly RegExp[] = [
  /\b(?:Bearer|Basic)[ \t]{1,4}([A-Za-z0-9._~+/=-]{16,})/dg,
  /\b[A-Za-z][A-Za-z0-9+.-]{1,20}:\/\/[^\s/?#:@"'<>\\]{0,128}:([^\s/?#@"'<>\\]{1,256})@/dg,
  /\bhttps?:\/\/([A-Za-z0-9_-]{16,128})@/dg,
  /[?&](?:api[_-]?key|key|token|access[_-]?token|auth|secret|password|sig|signature)=([^&\s"'#<>\\]{6,512})/dgi,
];

/** What people write where a secret would go. Such text in prompts and notes is documentation. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^[{<$[(%]/,
  /^([x*.#-])\1*$/i,
  /^(?:your|my|the|some|example)[-_ ]/i,
  /^(?:pass|password|passwd|pwd|secret|token|api[-_]?key|key|credentials?|changeme)$/i,
  /^[A-Z]+(?:_[A-Z]+)+$/,
];

function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(text));
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spansIn(text: string): Span[] {
  const spans: Span[] = [];
  for (const pattern of KEYS) {
    for (const match of text.matchAll(pattern))
      spans.push({ from: match.index, to: match.index + match[0].length });
  }
  for (const pattern of EMBEDDED) {
    for (const match of text.matchAll(pattern)) {
      const [from, to] = match.indices?.[1] ?? [0, 0];
      if (to > from && !isPlaceholder(text.slice(from, to))) spans.push({ from, to });
    }
  }
  return merge(spans);
}

function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || span.from >= last.to) merged.push(span);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return merged;
}

/** One cheap pass before the expressions run: almost no string of a flow holds any of this. */
const HINT =
  /sk-|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|xapp-|AIza|ya29|gsk_|hf_|r8_|npm_|ntn_|pcsk_|lsv2_|nvapi-|pplx-|xai-|fc-|tvly-|_live_|_test_|apify_api_|AstraCS|SG\.|wk_|eyJ|-----BEGIN|Bearer|Basic|:\/\/|[?&][\w-]{1,20}=/i;

function canHoldKey(text: string): boolean {
  return text.length >= 12 && HINT.test(text);
}

/** The parts of a text that look like keys, tokens, private keys or passwords inside URLs. */
export function keysIn(text: string): string[] {
  return canHoldKey(text) ? spansIn(text).map(({ from, to }) => text.slice(from, to)) : [];
}

/** The text with every such part replaced; the same string when there is none. */
export function scrubKeys(text: string, replacement: string): string {
  if (!canHoldKey(text)) return text;
  let result = '';
  let end = 0;
  for (const { from, to } of spansIn(text)) {
    result += text.slice(end, from) + replacement;
    end = to;
  }
  return end === 0 ? text : result + text.slice(end);
}
