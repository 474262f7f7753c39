import { slugProblem } from './slug';

describe('The slug of an organization', () => {
  it.each(['acme', 'a1b', '42nd-street', 'a--b', 'x'.repeat(63)])('may be %p (F2)', (slug) => {
    expect(slugProblem(slug)).toBeNull();
  });

  it.each(['', 'ab', '%', 'acm_', '-ab', 'ab-', '-a', 'Acme', 'ac me', 'acmé', 'acme\n', 'x'.repeat(64)])(
    'may not be %p (F2)',
    (slug) => {
      expect(slugProblem(slug)).toMatch(/^must be 3 to 63/);
    },
  );

  it.each(['admin', 'api', 'app', 'www', 'tenant', 'organizations', 'auth', 'me', 'docs', 'v1'])(
    'may not be %p, which is a word of the service (F2)',
    (slug) => {
      expect(slugProblem(slug)).toMatch(/reserved/);
    },
  );
});
