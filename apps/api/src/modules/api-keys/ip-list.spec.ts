import { isAddressOrNetwork, isOnList } from './ip-list';

describe('A list of addresses', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32', '::1'])(
    'takes %s',
    (text) => expect(isAddressOrNetwork(text)).toBe(true),
  );

  it.each([
    '',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/-1',
    '203.0.113.0/24/8',
    '2001:db8::/129',
    'fe80::1%eth0',
    ' 203.0.113.7',
  ])("refuses '%s'", (text) => expect(isAddressOrNetwork(text)).toBe(false));

  const LIST = ['203.0.113.7', '198.51.100.0/24', '2001:db8::/32'];

  it.each(['203.0.113.7', '198.51.100.0', '198.51.100.255', '::ffff:203.0.113.7', '2001:db8:1::9'])(
    'has %s',
    (ip) => expect(isOnList(ip, LIST)).toBe(true),
  );

  it.each(['203.0.113.8', '198.51.101.0', '::ffff:203.0.113.8', '2001:db9::1', '', 'unknown'])(
    "does not have '%s'",
    (ip) => expect(isOnList(ip, LIST)).toBe(false),
  );
});
