import {
  describeInputs,
  hashFlow,
  inspectFlow,
  liftSecrets,
  listBindings,
  sanitizeFlowData,
  type FlowData,
} from './index';
import {
  CATALOGUE,
  field,
  flowOf,
  headersField,
  nodeOf,
  noteOf,
  secretField,
  textField,
} from './testing/sample-flows';

/** Texts that are close to a pattern in as many places as possible. */
const NEAR_MISSES: Record<string, string> = {
  'key prefixes': 'sk-aaaaaaaaaaa ',
  'URL schemes': 'abcdefghij://',
  'user info without end': 'http://aaaa:bbbb',
  'query names': '?api_key=a&token',
  'private keys that never end': '-----BEGIN PRIVATE KEY-----',
  'JWT pieces': 'eyJaaaaaaaa.eyJaaaaaaa.',
  'options of curl': "curl -H 'a: ",
  assignments: 'a=b;c d=',
  'escaped quotes': '\\"',
  'capital letters': 'A',
  'words of a name': 'api_key ',
  braces: '{{',
};

const MEGABYTE = 1024 * 1024;

function milliseconds(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function everything(flow: FlowData): void {
  const { flowData } = liftSecrets(flow);
  sanitizeFlowData(flowData);
  listBindings(flowData);
  inspectFlow(flowData, CATALOGUE);
  describeInputs(flowData);
  hashFlow(flowData);
}

describe('flows that were made to be slow', () => {
  it.each(Object.entries(NEAR_MISSES))('%s: time grows with the size only (R53)', (_title, piece) => {
    const flow = (size: number): FlowData => {
      const text = piece.repeat(Math.ceil(size / piece.length));
      return flowOf([
        noteOf(text),
        nodeOf('APIRequest', {
          curl_input: textField(`curl ${text}`),
          url_input: textField(`https://${text}`),
          database_url: textField(text),
          api_key: secretField(text, { load_from_db: true }),
          [piece.repeat(2_000)]: secretField('some-value-1'),
        }),
      ]);
    };
    everything(flow(1_000));
    expect(milliseconds(() => everything(flow(MEGABYTE / 8)))).toBeLessThan(1_500);
  });

  it('many secrets and much text: each position is looked at once (R53)', () => {
    const fields = Array.from(
      { length: 20_000 },
      (_, i) => [`f${i}`, secretField(`aaaaaaaa-${i}-B`)] as const,
    );
    const flow = flowOf([nodeOf('Thing', Object.fromEntries(fields)), noteOf('aaaaaaaa-'.repeat(100_000))]);
    expect(milliseconds(() => everything(flow))).toBeLessThan(15_000);
    expect(liftSecrets(flow).lifted).toHaveLength(20_000);
  });

  it('many values under one name, and many edges: nothing is counted from the start again (R53)', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ key: 'X-Key', value: `value-${i}-B` }));
    const handle = (i: number) => ({ data: { targetHandle: { fieldName: `f${i}`, id: 'Thing-1' } } });
    const edges = Array.from({ length: 10_000 }, (_, i) => ({
      source: 'Thing-1',
      target: 'Thing-1',
      ...handle(i),
    }));
    const fields = edges.map((_, i) => [`f${i}`, secretField('SOME_NAME', { load_from_db: true })] as const);
    const flow = flowOf(
      [nodeOf('Thing', { ...Object.fromEntries(fields), headers: headersField(rows) })],
      edges,
    );
    expect(milliseconds(() => everything(flow))).toBeLessThan(15_000);
  });

  it('ten megabytes of ordinary code take seconds, not minutes (R53)', () => {
    const code =
      'def build(self) -> str:\n    return f"{self.name}: {self.value}"  # https://example.com/docs?page=1\n';
    const nodes = Array.from({ length: 500 }, (_, i) =>
      nodeOf('Thing', { code: field('code', code.repeat(200)) }, `n${i}`),
    );
    expect(milliseconds(() => everything(flowOf(nodes)))).toBeLessThan(15_000);
  });
});
