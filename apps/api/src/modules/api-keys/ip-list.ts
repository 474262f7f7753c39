import { BlockList, isIP } from 'node:net';

/** Whether a text is an address (`203.0.113.7`, `2001:db8::1`) or a network (`203.0.113.0/24`). */
export function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  // A zone (`fe80::1%eth0`) is known to one machine alone.
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

/**
 * Whether an address is on the list, an IPv4 address in IPv6 clothes (`::ffff:…`) included.
 * @param ip of the caller, as Node reports it
 * @param list of texts that {@link isAddressOrNetwork} takes
 */
export function isOnList(ip: string, list: readonly string[]): boolean {
  if (isIP(ip) === 0) return false;
  const allowed = new BlockList();
  for (const entry of list) {
    const [address = '', bits] = entry.split('/');
    const family = familyOf(address);
    if (bits === undefined) allowed.addAddress(address, family);
    else allowed.addSubnet(address, Number(bits), family);
  }
  return allowed.check(ip, familyOf(ip));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
