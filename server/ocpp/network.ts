import { isIP, isIPv6 } from 'node:net'

export type Network = { address: string; prefix: number; family: 'ipv4' | 'ipv6' }

/** An address, or a network in CIDR form such as 10.0.0.0/8. Undefined: it is neither. */
export function networkOf(entry: string): Network | undefined {
  const [address = '', bits, ...more] = entry.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const most = family === 'ipv6' ? 128 : 32
  const prefix = bits === undefined ? most : Number(bits)
  const isNone = isIP(address) === 0 || more.length > 0 || !/^\d*$/.test(bits ?? '') || bits === '' || prefix > most
  return isNone ? undefined : { address, prefix, family }
}
