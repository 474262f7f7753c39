import fc from 'fast-check';
import { storable, storableText } from './storable';

describe('storable', () => {
  it('replaces NUL and halves of surrogate pairs, in values and in names', () => {
    expect(storable({ ['a\u0000']: ['\ud800x', { b: '🦀\udfff' }] })).toEqual({
      ['a\ufffd']: ['\ufffdx', { b: '🦀\ufffd' }],
    });
    expect(storableText('\u0000\ud800🦀')).toBe('\ufffd\ufffd🦀');
  });

  it('leaves texts alone that only look like escapes', () => {
    const value = { text: String.raw`\u0000 \\u0000 \ud800` };
    expect(storable(value)).toEqual(value);
    expect(storable({ text: String.raw`\u0000` + '\u0000' })).toEqual({
      text: String.raw`\u0000` + '\ufffd',
    });
  });

  it('agrees with its plain-text sister on every string', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('\\', 'u', '0', 'd', '8', '\u0000', '\ud83e', '\udd80', '"', '\n'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(anyText, (text) => expect(storable({ text })).toEqual({ text: storableText(text) })),
    );
  });
});
