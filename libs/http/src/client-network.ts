import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** What one customer gets from a provider: whoever has one address of a /64 has all of them. */
const NETWORK_GROUPS = 4;

/**
 * What to count requests by: an IPv4 address as it is, an IPv6 address as its /64 network. Counting single IPv6 addresses
 * would give everybody 2^64 times the limit.
 * @param ip as Node reports it, IPv4-mapped (`::ffff:…`) included; anything that is no address is returned unchanged
 */
export function clientNetwork(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [address = ''] = ip.split('%', 1);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = '', tail] = address.split('::', 2);
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: Math.max(0, GROUPS - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/** Groups in their shortest form; a trailing IPv4 part counts as two. */
function groupsOf(text: string): string[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [Number.parseInt(group, 16).toString(16)]));
}
