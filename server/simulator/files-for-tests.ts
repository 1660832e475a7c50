import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach } from 'vitest'

// A file server for the simulator's own tests: takes what is sent, gives an image, and can break off. For tests only.

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

export function filesForTests() {
  const world = { url: '', requests: [] as { method: string; range?: string; name: string; body: string }[] }
  let handler: Handler = (_request, response) => response.end()
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const { method = '', headers, url = '' } = request
      world.requests.push({ method, range: headers.range, name: url, body: body.toString() })
      handler(request, response, body)
    })
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    world.requests.length = 0
    handler = (_request, response) => response.end()
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  return {
    world,
    serve: (next: Handler) => {
      handler = next
    },
    /** Gives the image, honouring Range; the first answer breaks off in the middle when told to. */
    image(bytes: Buffer, breaksOffAt?: number) {
      let mayBreak = breaksOffAt !== undefined
      handler = (request, response) => {
        const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
        response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from })
        if (!mayBreak) return response.end(bytes.subarray(from))
        mayBreak = false
        response.write(bytes.subarray(from, breaksOffAt), () => response.destroy())
        return response
      }
    },
  }
}
