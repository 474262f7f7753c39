/** Names that only mean something inside a network. */
const PRIVATE_NAMES =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|svc|cluster\.local)\.?$/i;

/**
 * The host of an address, when it lies inside somebody's network: loopback, private, link-local and shared ranges of IPv4 and
 * IPv6 in every spelling, names without a dot, names reserved for internal use. Null for public hosts and for texts that are
 * no address. Only what is written is judged; the engine's own guard resolves names.
 */
export function privateHostOf(text: string): string | null {
  const [, rest] = /^[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/([^\s]{1,2048})$/.exec(text.trim()) ?? [];
  if (rest === undefined) return null;
  const host = hostOf(rest);
  return host !== null && isPrivateHost(host) ? host : null;
}

/** Parsed as HTTP whatever the scheme, since only for HTTP the URL standard reads `0x7f.1` and `2130706433` as addresses. */
function hostOf(rest: string): string | null {
  const url = `http://${rest.replace(/^[^/?#]*@/, '')}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : null;
}

export function isPrivateHost(host: string): boolean {
  if (host.startsWith('[')) return isPrivateIpv6(host.slice(1, -1));
  const ipv4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  if (ipv4 !== null) return isPrivateIpv4(ipv4.slice(1).map(Number));
  return PRIVATE_NAMES.test(host) || !host.includes('.');
}

function isPrivateIpv4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b <= 127;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 198) return b === 18 || b === 19;
  return a === 192 && b === 168;
}

function isPrivateIpv6(address: string): boolean {
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (mapped !== null) {
    const [high, low] = [Number.parseInt(mapped[1] ?? '0', 16), Number.parseInt(mapped[2] ?? '0', 16)];
    return isPrivateIpv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
  }
  return address === '::1' || address === '::' || /^(?:f[cd]|fe[89ab])[0-9a-f]{0,2}:/i.test(address);
}
