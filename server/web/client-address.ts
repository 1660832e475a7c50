import type { IncomingMessage } from 'node:http'
import { ADDRESS_HEADER, SCHEME_HEADER } from '../http/origin.ts'

/**
 * Writes who knocks, and whether it came over TLS, into headers of our own, over any that came: the socket's address, or, where a proxy on this machine
 * stands before us, the last address that it added. What the client itself claims is never believed.
 */
export function noteAddress(request: IncomingMessage): void {
  const socket = request.socket.remoteAddress ?? 'unknown'
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)!
    .trim()
  const scheme = String(request.headers['x-forwarded-proto'] ?? '')
    .split(',')
    .at(-1)!
    .trim()
  const local = /^(127\.|::1$|::ffff:127\.)/.test(socket)
  request.headers[ADDRESS_HEADER] = local && forwarded ? forwarded : socket
  request.headers[SCHEME_HEADER] = local && scheme === 'https' ? 'https' : 'http'
}
