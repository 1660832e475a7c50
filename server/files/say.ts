import type { IncomingMessage, ServerResponse } from 'node:http'

const LINGER_MS = 3000
const LINGER_BYTES = 4 * 1024 * 1024

/** One short line for the charger. Nothing of it may be kept on the way, and a browser shows it as text. */
export function say(response: ServerResponse, status: number, text: string, headers: Headers = {}): void {
  if (begin(response, status, text, headers)) response.end()
}

type Headers = Record<string, string | number>

function begin(response: ServerResponse, status: number, text: string, headers: Headers): boolean {
  if (response.headersSent || response.destroyed) return false
  const body = `${text}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  if (response.req.method !== 'HEAD') response.write(body)
  return true
}

/**
 * An answer before the body has come. The rest of it is heard out for a moment, so that a charger in the middle of sending reads
 * the answer instead of a broken connection; then the socket is closed.
 */
export function turnAway(request: IncomingMessage, response: ServerResponse, status: number, text: string, headers: Headers = {}): void {
  if (!begin(response, status, text, { ...headers, Connection: 'close' })) return
  // the end of the answer closes the socket
  const end = () => response.end()
  if (request.complete || request.destroyed) {
    end()
    return
  }
  let heard = 0
  const timer = setTimeout(end, LINGER_MS)
  timer.unref()
  request.on('data', (chunk: Buffer) => {
    heard += chunk.length
    if (heard > LINGER_BYTES) end()
  })
  request.on('error', () => {})
  request.once('end', end)
  request.once('close', () => clearTimeout(timer))
  request.resume()
}

/** Wrong, used up, run out, of a retired charger: nobody learns which. */
export const nothingHere = (request: IncomingMessage, response: ServerResponse): void =>
  turnAway(request, response, 404, 'There is nothing here.')
