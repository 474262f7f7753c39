import { jsonIsWithin } from './json-limits';

const limits = { maxDepth: 3, maxMembers: 5 };

describe('jsonIsWithin', () => {
  it.each([
    ['a flat object', '{"a":1,"b":2}'],
    ['as deep as allowed', '[[[]]]'],
    ['as many members as allowed', '[1,2,3,4,5]'],
    ['brackets and commas inside texts', '"[[[[[[,,,,,,,{{{{"'],
    ['an escaped quote before brackets', String.raw`"\"[[[[[[,,,,,,,"`],
    ['an escaped backslash at the end of a text', String.raw`["\\","[[[[",1]`],
    ['a text that never ends', '"[[[[[['],
    ['nothing', ''],
  ])('takes %s', (_name, text) => {
    expect(jsonIsWithin(text, limits)).toBe(true);
  });

  it.each([
    ['too deep', '[[[[]]]]'],
    ['too deep after an escaped backslash', String.raw`["\\",[[[[`],
    ['too many members', '[1,2,3,4,5,6]'],
    ['too many members over all levels', '{"a":[1,2],"b":[3,4]}'],
    ['too deep and cut off', '{"a":{"a":{"a":{'],
  ])('refuses %s', (_name, text) => {
    expect(jsonIsWithin(text, limits)).toBe(false);
  });

  it('looks at 10 MB in less than 100 ms', () => {
    const text = `[${'"0123456789 0123456789 \\" 0123456789",'.repeat(250_000)}1]`;
    expect(text.length).toBeGreaterThan(9_500_000);
    const start = performance.now();
    expect(jsonIsWithin(text, { maxDepth: 10, maxMembers: 1_000_000 })).toBe(true);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
