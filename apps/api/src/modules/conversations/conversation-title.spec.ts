import { titleOf } from './conversation-title';

describe('titleOf', () => {
  it('makes one line of many', () => {
    expect(titleOf('  Hello,\n\n\tAda\u0007 !  ')).toBe('Hello, Ada !');
  });

  it('keeps 80 characters and cuts none in half', () => {
    const title = titleOf('🦀'.repeat(200)) ?? '';
    expect(Array.from(title)).toHaveLength(80);
    expect(title.isWellFormed()).toBe(true);
  });

  it('is null for a message without words', () => {
    expect(titleOf(' \n ')).toBeNull();
  });
});
