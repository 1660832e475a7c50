import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'

// Files between charger and central system over HTTP(S).

export type Transfer = { url: string; ca?: string[]; signal: AbortSignal; patienceMs: number }
export type Sent = 'stored' | 'denied' | 'bad' | 'unsupported' | 'failed'

/** Sends a file in one request; never throws. */
export function send({ url, ca, signal, patienceMs }: Transfer, method: 'PUT' | 'POST', name: string, body: Buffer): Promise<Sent> {
  const ask = requesterOf(url)
  if (!ask) return Promise.resolve('unsupported')
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': body.length,
    'content-disposition': `attachment; filename="${name}"`,
  }
  return new Promise((resolve) => {
    const sending = ask(url, { method, headers, ca, signal, timeout: patienceMs }, (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      response.on('close', () =>
        resolve(status < 300 ? 'stored' : status === 401 || status === 403 ? 'denied' : status === 400 ? 'bad' : 'failed'),
      )
    })
    sending.on('timeout', () => sending.destroy())
    sending.on('error', () => resolve('failed'))
    sending.end(body)
  })
}

export type Fetched = 'all' | 'part' | 'failed'

/**
 * Fetches what is missing after `have` (HTTP Range); `take` gets each piece, `again` tells that the server began anew.
 * `part`: it broke off, and the rest may be asked for later. Never throws.
 */
export function fetchFrom(
  { url, ca, signal, patienceMs }: Transfer,
  have: number,
  on: { again: () => void; take: (piece: Buffer) => void },
): Promise<Fetched> {
  const ask = requesterOf(url)
  if (!ask) return Promise.resolve('failed')
  return new Promise((resolve) => {
    let got = have
    const broken = () => resolve(got > 0 ? 'part' : 'failed')
    const headers = have > 0 ? { range: `bytes=${have}-` } : {}
    const asking = ask(url, { headers, ca, signal, timeout: patienceMs }, (response) => {
      const status = response.statusCode ?? 0
      if (status !== 200 && status !== 206) {
        response.resume()
        if (status === 416) on.again()
        resolve(status === 416 ? 'part' : 'failed')
        return
      }
      if (status === 200 && have > 0) {
        on.again()
        got = 0
      }
      response.on('data', (piece: Buffer) => {
        got += piece.length
        on.take(piece)
      })
      response.on('error', broken)
      response.on('close', () => (response.complete ? resolve('all') : broken()))
    })
    asking.on('timeout', () => asking.destroy())
    asking.on('error', broken)
    asking.end()
  })
}

const requesterOf = (url: string): typeof secureRequest | undefined =>
  url.startsWith('http://') ? plainRequest : url.startsWith('https://') ? secureRequest : undefined
