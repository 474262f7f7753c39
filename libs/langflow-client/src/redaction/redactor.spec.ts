import { assert, array, constantFrom, property, string } from 'fast-check';
import { createRedactor } from './redactor';

const secret = 'sk-Ab/9+"ü';

describe('redact', () => {
  const { redact } = createRedactor([secret]);
  const bytes = Buffer.from(secret);

  it.each([
    ['plain', secret],
    ['JSON', JSON.stringify({ key: secret })],
    ['JSON in JSON', JSON.stringify(JSON.stringify({ key: secret }))],
    ['ASCII-only JSON', 'x\\"sk-Ab/9+\\"\\u00fcx'],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded in small digits', encodeURIComponent(secret).toLowerCase().replace('sk-ab', 'sk-Ab')],
    ['hexadecimal', bytes.toString('hex')],
    ['upper-case hexadecimal', bytes.toString('hex').toUpperCase()],
    ['base64', bytes.toString('base64')],
    ['base64 without padding', bytes.toString('base64').replace(/=+$/, '')],
    ['base64url', bytes.toString('base64url')],
  ])('replaces the secret in %s form (F86)', (_, text) => {
    expect(redact(`before ${text} after`)).toMatch(/^before .*\*\*\*.* after$/);
    expect(redact(`before ${text} after`)).not.toContain(text);
  });

  it.each([0, 1, 2, 3])(
    'replaces base64 of a longer text with %i bytes before the secret (F86)',
    (length) => {
      const value = 'sk-0123456789abcdef';
      const encoded = Buffer.from(`${'u'.repeat(length)}${value}:tail`).toString('base64');
      const redacted = createRedactor([value]).redact(`Basic ${encoded}`);
      expect(redacted).toContain('***');
      expect(
        Buffer.from(redacted.replace('Basic ', '').replaceAll('***', ''), 'base64').toString('latin1'),
      ).not.toContain(value.slice(3, -3));
    },
  );

  it('finds secrets of which one is part of another, and overlapping ones', () => {
    const redactor = createRedactor(['abcd', 'abcdefgh', 'ghij']);
    expect(redactor.redact('x abcdefgh y abcd z abcdefghij')).toBe('x *** y *** z ***');
  });

  it('also finds a key that was stored with a line break at its end', () => {
    expect(createRedactor(['sk-key-1\n']).redact("provided: 'sk-key-1'.")).toBe("provided: '***'.");
  });

  it('matches values shorter than four characters as whole words only (F86)', () => {
    const redactor = createRedactor(['abc', 'x']);
    expect(redactor.redact('abc, (abc) "x" x=1')).toBe('***, (***) "***" ***=1');
    expect(redactor.redact('abcd xabc max abc_')).toBe('abcd xabc max abc_');
    expect(redactor.redact(`token ${Buffer.from('abc').toString('base64')}.`)).toBe('token ***.');
  });

  it('ignores empty and blank values, which would match everything', () => {
    expect(createRedactor(['', '  ', '\n']).redact('a b\nc')).toBe('a b\nc');
    expect(createRedactor([]).redact('text')).toBe('text');
  });

  it('takes every value literally', () => {
    expect(createRedactor(['.*+(a|b)$']).redact('.*+(a|b)$ aaaa')).toBe('*** aaaa');
  });

  it('stays fast with many long secrets and hostile text', () => {
    const values = Array.from({ length: 30 }, (_, index) => `${'a'.repeat(500)}${index}b`);
    const redactor = createRedactor(values);
    const started = performance.now();
    const text = 'a'.repeat(1_000_000);
    expect(redactor.redact(text)).toBe(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('redactJson', () => {
  it('covers strings, keys, numbers and every depth, and copies', () => {
    const { redactJson } = createRedactor(['secret-1', '123456']);
    const value = {
      a: ['secret-1', { 'secret-1': 'x secret-1' }],
      pin: 123456,
      ok: 12,
      nothing: null,
      yes: true,
    };
    expect(redactJson(value)).toEqual({
      a: ['***', { '***': 'x ***' }],
      pin: '***',
      ok: 12,
      nothing: null,
      yes: true,
    });
    expect(value.a[0]).toBe('secret-1');
  });

  it('cuts JSON that is too deep instead of failing', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}"secret-1"${']'.repeat(50_000)}`);
    const redacted = JSON.stringify(createRedactor(['secret-1']).redactJson(deep));
    expect(redacted).toMatch(/^\[+"\*\*\*"\]+$/);
  });
});

describe('stream', () => {
  it('finds a secret at every possible cut, and holds nothing else back', () => {
    const redactor = createRedactor(['sk-secret']);
    const text = 'your key sk-secret is wrong';
    for (let cut = 0; cut <= text.length; cut++) {
      const stream = redactor.stream();
      expect(stream.push(text.slice(0, cut)) + stream.push(text.slice(cut)) + stream.flush()).toBe(
        'your key *** is wrong',
      );
    }
  });

  it('gives out at once what cannot be the beginning of a secret', () => {
    const stream = createRedactor(['sk-secret']).stream();
    expect(stream.push('hello ')).toBe('hello ');
    expect(stream.push('ask')).toBe('a');
    expect(stream.push('ing s')).toBe('sking ');
    expect(stream.flush()).toBe('s');
  });

  it('waits for the character after a short secret', () => {
    const stream = createRedactor(['abc']).stream();
    expect(stream.push('an abc')).toBe('an ');
    expect(stream.push('d, abc')).toBe('abcd, ');
    expect(stream.flush()).toBe('***');
  });

  it('says the same as redacting the whole, however the text is cut', () => {
    const pieces = constantFrom('ab', 'abab', 'abc', 'bca', 'a', 'b', 'c', ' ', 'abcab', 'x', 'ü', '😀');
    assert(
      property(
        array(pieces, { maxLength: 40 }),
        array(string({ unit: constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 }), { maxLength: 4 }),
        (chunks, values) => {
          const redactor = createRedactor(values);
          const stream = redactor.stream();
          const streamed = chunks.map((chunk) => stream.push(chunk)).join('') + stream.flush();
          expect(streamed).toBe(redactor.redact(chunks.join('')));
          for (const value of values.filter(({ length }) => length >= 4))
            expect(streamed).not.toContain(value);
        },
      ),
      { numRuns: 500 },
    );
  });
});
