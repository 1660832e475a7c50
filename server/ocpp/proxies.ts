import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Env } from '../env.ts'
import { networkOf } from './network.ts'

/** The web process puts the client's address here when it pipes `/ocpp`; believed from this machine and from trusted proxies only. */
export const CLIENT_ADDRESS_HEADER = 'x-forwarded-for'

/** How a charger came to the door. */
export type Approach = {
  /** The charger's own address. */
  address: string
  /** TLS as far as the charger's own end; the version is unknown where a proxy ends it. */
  tls: { version: string | null } | undefined
  /** A client certificate that was proven in the handshake, or that a trusted proxy says was. */
  certificate: X509Certificate | undefined
  /** False: the handshake did not build a chain to a root that we trust. */
  chained: boolean
}

export type Proxies = {
  approach(request: IncomingMessage): Approach
  /** Its headers are believed. */
  isTrusted(address: string): boolean
  /** It speaks for others: no limit of connections for it alone. */
  speaksForOthers(address: string): boolean
}

export type ProxySettings = {
  /** CIDRs or addresses. */
  trusted: readonly string[]
  /** Where the proxy puts the client certificate it has verified: PEM url-encoded (nginx, envoy's XFCC) or base64 DER (traefik). */
  certificateHeader?: string | undefined
  protocolHeader: string
}
export const proxySettings = (env: Pick<Env, 'ocppTrustedProxies' | 'ocppProxyCertHeader' | 'ocppProxyProtoHeader'>): ProxySettings => ({
  trusted: env.ocppTrustedProxies,
  certificateHeader: env.ocppProxyCertHeader,
  protocolHeader: env.ocppProxyProtoHeader,
})
export const NO_PROXIES: ProxySettings = { trusted: [], protocolHeader: 'x-forwarded-proto' }

/** Who stands behind a proxy, and how: headers count only when the socket's other end is in the list (docs/ocpp.md, "Security"). */
export function makeProxies({ trusted, certificateHeader, protocolHeader }: ProxySettings): Proxies {
  const list = listOf(trusted)
  const ours = listOf(['127.0.0.0/8', '::1'])
  const isIn = (among: BlockList, address: string) => isIP(address) !== 0 && among.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

  function clientAddress(request: IncomingMessage): string {
    let address = plain(request.socket.remoteAddress ?? 'unknown')
    const header = request.headers[CLIENT_ADDRESS_HEADER]
    const told = typeof header === 'string' ? header.split(',').map((each) => plain(each.trim())) : []
    // from the right: each hop was written by the one after it, and is believed only if that one is trusted
    while (told.length > 0 && (isIn(list, address) || isIn(ours, address))) {
      const next = told.pop()!
      if (isIP(next) === 0) break
      address = next
    }
    return address
  }

  return {
    isTrusted: (address) => isIn(list, plain(address)),
    speaksForOthers: (address) => isIn(list, address) || isIn(ours, address),
    approach(request) {
      const { socket, headers } = request
      const address = clientAddress(request)
      if (socket instanceof TLSSocket) {
        const certificate = socket.getPeerX509Certificate()
        return { address, tls: { version: socket.getProtocol() }, certificate, chained: socket.authorized }
      }
      if (!isIn(list, plain(socket.remoteAddress ?? ''))) return { address, tls: undefined, certificate: undefined, chained: false }
      const secure = ['https', 'wss'].includes(single(headers[protocolHeader]).split(',').at(-1)!.trim().toLowerCase())
      const certificate = secure && certificateHeader ? certificateIn(single(headers[certificateHeader])) : undefined
      return { address, tls: secure ? { version: null } : undefined, certificate, chained: certificate !== undefined }
    },
  }
}

const single = (header: string | string[] | undefined): string => (Array.isArray(header) ? header.join(',') : (header ?? ''))
const plain = (address: string): string =>
  address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address.toLowerCase()

/** Entries as `networkOf` takes them. */
function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const { address, prefix, family } = networkOf(entry)!
    list.addSubnet(address, prefix, family)
  }
  return list
}

/** As nginx, envoy (`Cert="…"` of X-Forwarded-Client-Cert, the last one) and traefik (base64 DER, the first one) write it. */
function certificateIn(header: string): X509Certificate | undefined {
  if (header === '') return undefined
  try {
    const envoys = [...header.matchAll(/(?:^|[;,])\s*Cert="?([^";,]+)"?/gi)].at(-1)?.[1]
    const text = decodeURIComponent(envoys ?? header).trim()
    if (text.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(text)
    return new X509Certificate(Buffer.from(text.split(',')[0]!, 'base64'))
  } catch {
    return undefined
  }
}
