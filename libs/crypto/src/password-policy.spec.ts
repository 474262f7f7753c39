import list from './data/common-passwords.json';
import { checkPassword } from './password-policy';
import type { PasswordContext } from './password-policy';

const CONTEXT: PasswordContext = {
  email: 'grace.hopper@navy.example',
  name: 'Grace Hopper',
  productName: 'Weir',
};

const codesOf = (password: string, context: PasswordContext = CONTEXT): readonly string[] =>
  checkPassword(password, context).map(({ code }) => code);

describe('checkPassword', () => {
  it.each([
    'correct horse battery staple',
    'tulip-volcano-harness',
    'all lowercase letters and spaces in a passphrase of sixty-four b',
    'Vier kleine Katzen 🐈🐈🐈 im Regen',
    'пароль из семи слов',
    '🍕🚲🎻🦉🧊🌋🎯🪁🧲🥁🛶🔭',
    'xK9#mQ2$vL7p',
    'jdhqwkzmrvtb',
    '        a  long    indented thought',
    'I graced the hopping weird market',
  ])('accepts %s: no composition rules, any Unicode (R02)', (password) => {
    expect(checkPassword(password, CONTEXT)).toEqual([]);
  });

  it('needs 12 characters, counted as people count them and named in the reason (R01)', () => {
    expect(checkPassword('xK9#mQ2$vL7', CONTEXT)).toEqual([
      { code: 'too_short', reason: 'The password has 11 characters; use at least 12.' },
    ]);
    expect(codesOf('🍕🚲🎻🦉🧊🌋🎯🪁🧲🥁🛶')).toEqual(['too_short']);
    expect(codesOf('e\u0301K9#mQ2$vL7')).toEqual(['too_short']);
    expect(codesOf('')).toEqual(['too_short']);
  });

  it('allows 72 bytes and refuses more with the reason, never cutting (R03)', () => {
    const longest = 'tulip volcano harness '.repeat(4).slice(0, 72);
    expect(codesOf(longest)).toEqual([]);
    expect(checkPassword(`${longest}x`, CONTEXT)).toEqual([
      {
        code: 'too_long',
        reason: 'The password is 73 bytes long; at most 72 are possible, and it is never cut.',
      },
    ]);
  });

  it('refuses every shipped password of 12 and more characters (R04)', () => {
    const accepted = list.whole.filter((password) => codesOf(password).length === 0);
    expect(list.whole.length).toBeGreaterThan(300);
    expect(accepted).toEqual([]);
  });

  it('refuses every common password that is only made longer with digits and symbols (R04)', () => {
    const lengthen = (base: string) =>
      `${base.charAt(0).toUpperCase()}${base.slice(1)}`.padEnd(12, '2026!#70');
    expect(list.bases.length).toBe(10_000);
    expect(list.bases.filter((base) => codesOf(lengthen(base)).length === 0)).toEqual([]);
  });

  it.each([
    'Password1234',
    'P@ssw0rd1234',
    'p455w0rd!!!!',
    '$ecret-2026-!',
    '123dragon456',
    'Football 2026',
    'pass-word-2026',
    'monkeydragon',
    'iloveyou letmein 1',
    'qwerty-baseball',
  ])('refuses %s as too close to a common password (R04)', (password) => {
    expect(codesOf(password)).toContain('common');
  });

  it.each([
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'ababababababa',
    'abcdefghijkl',
    'zyxwvutsrqpo',
    '123456789012',
    '1234abcd5678',
    'qwertyuiopas',
    'lkjhgfdsaaaa',
    'aaabbbcccddd',
    'tulip7tulip7tulip7',
    '🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑',
  ])('refuses %s as predictable (R04)', (password) => {
    expect(codesOf(password)).toContain('predictable');
  });

  it.each([
    'weir-weir-2026',
    'Weir2026Weir!',
    'w31r-w31r-2026',
    'grace.hopper@navy.example',
    'GRACE.HOPPER@navy.example!',
    'grace.hopper1',
    'GraceHopper2026!',
    'hopper-hopper-1',
    'weir password 1',
    'grace-dragon-9',
  ])('refuses %s, which an attacker who knows the account would try (R04)', (password) => {
    expect(codesOf(password)).toContain('personal');
  });

  it('knows an account without a name, and a short name is no reason', () => {
    expect(codesOf('tulip-volcano-harness', { ...CONTEXT, name: null })).toEqual([]);
    expect(codesOf('volcano-al-harness', { email: 'al@b.example', name: 'Al', productName: 'Weir' })).toEqual(
      [],
    );
  });

  it('gives reasons as sentences that never quote the password', () => {
    for (const password of ['weir-weir-2026', 'Password1234', 'aaaaaaaaaaaa', 'short', 'half \ud83d']) {
      for (const { reason } of checkPassword(password, CONTEXT)) {
        expect(reason).toMatch(/^The password .*\.$/);
        expect(reason).not.toContain(password);
      }
    }
  });

  it('refuses invalid Unicode', () => {
    expect(codesOf('a lone \ud83d surrogate')).toEqual(['invalid_text']);
  });

  it('answers fast for the longest input (R53)', () => {
    const start = Date.now();
    for (let count = 0; count < 100; count += 1) codesOf('qwerty12'.repeat(20_000));
    expect(Date.now() - start).toBeLessThan(2000);
  });
});
