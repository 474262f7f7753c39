import { freeName } from './free-name';

describe('freeName', () => {
  it('keeps a name that is free', () => {
    expect(freeName('Agent', new Set(['agent', 'Agent (2)']))).toBe('Agent');
  });

  it('counts on from two and skips numbers that are taken', () => {
    expect(freeName('Agent', new Set(['Agent']))).toBe('Agent (2)');
    expect(freeName('Agent', new Set(['Agent', 'Agent (2)', 'Agent (4)']))).toBe('Agent (3)');
  });

  it('counts a numbered name on instead of numbering the number', () => {
    expect(freeName('Agent (2)', new Set(['Agent (2)']))).toBe('Agent (3)');
    expect(freeName('Agent (7)', new Set(['Agent (7)', 'Agent (2)']))).toBe('Agent (3)');
  });

  it('stays within the length of a name and never cuts a character in half', () => {
    const long = '🦉'.repeat(100);
    const name = freeName(long, new Set([long]));
    expect(name.length).toBeLessThanOrEqual(200);
    expect(name.isWellFormed()).toBe(true);
    expect(name.endsWith(' (2)')).toBe(true);
  });
});
