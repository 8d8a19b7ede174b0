import { isIPv4 } from 'node:net';

/** How an IPv6 address that stands for an IPv4 address begins. */
const MAPPED_PREFIX = '::ffff:';
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * Returns the part of an IP address that identifies a client for limits: an IPv4 address, or the
 * first 64 bits of an IPv6 address, because one client can use all addresses of its network.
 */
export function addressKey(address: string): string {
  const text = address.toLowerCase();
  if (text.startsWith(MAPPED_PREFIX)) {
    const mapped = text.slice(MAPPED_PREFIX.length);
    if (isIPv4(mapped)) return mapped;
  }
  if (!text.includes(':')) return text;
  return `${networkGroups(text).join(':')}::/64`;
}

/** Expands `::`, and returns the first four groups without leading zeros. */
function networkGroups(address: string): string[] {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::', 2) ?? [];
  const first = toGroups(head);
  const last = toGroups(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - first.length - last.length);
  return [...first, ...Array<string>(zeros).fill('0'), ...last].slice(0, NETWORK_GROUPS);
}

function toGroups(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
