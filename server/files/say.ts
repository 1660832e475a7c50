import type { IncomingMessage, ServerResponse } from 'node:http'

const LINGER_MS = 3000
const LINGER_BYTES = 4 * 1024 * 1024

/** One short line for the charger. Nothing of it may be kept on the way, and a browser shows it as text. */
export function say(response: ServerResponse, status: number, text: string, headers: Record<string, string | number> = {}): void {
  if (response.headersSent || response.destroyed) return
  const body = `${text}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/**
 * An answer before the body has come. The rest of it is heard out for a moment, so that a charger in the middle of sending reads
 * the answer instead of a broken connection; then the socket is closed.
 */
export function turnAway(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string | number> = {},
): void {
  say(response, status, text, { ...headers, Connection: 'close' })
  if (request.complete || request.destroyed) return
  let heard = 0
  const enough = () => request.socket.destroy()
  const timer = setTimeout(enough, LINGER_MS)
  timer.unref()
  request.on('data', (chunk: Buffer) => {
    heard += chunk.length
    if (heard > LINGER_BYTES) enough()
  })
  request.on('error', () => {})
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

/** Wrong, used up, run out, of a retired charger: nobody learns which. */
export const nothingHere = (request: IncomingMessage, response: ServerResponse): void =>
  turnAway(request, response, 404, 'There is nothing here.')
