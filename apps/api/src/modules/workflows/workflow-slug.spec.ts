import { SLUG_PATTERN } from '../organizations/slug';
import { slugOf } from './workflow-slug';

describe('The slug that a name suggests', () => {
  it.each([
    ['Support agent', 'support-agent'],
    ['  Two  (2) ', 'two-2'],
    ['Kundendienst für Österreich', 'kundendienst-fur-osterreich'],
    ['-a-', 'workflow-a'],
    ['日本語', 'workflow'],
    ['%', 'workflow'],
    ['../../etc', 'etc'],
  ])("of '%s' is %s", (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('always fits the rule, with a number behind it too', () => {
    for (const name of ['x'.repeat(200), `${'x'.repeat(49)} y`, 'Ab', '!', 'ﬁne', 'ＡＢＣ']) {
      expect(slugOf(name)).toMatch(SLUG_PATTERN);
      expect(`${slugOf(name)}-123456`).toMatch(SLUG_PATTERN);
    }
  });
});
