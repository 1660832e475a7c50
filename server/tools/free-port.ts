import { createServer } from 'node:net'

/** A port of this machine that nobody listens on just now; for tests that must know it before they listen. */
export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no free port'))))
    })
  })
