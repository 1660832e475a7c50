import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { listen } from './listen.ts'

type Open = Awaited<ReturnType<typeof listen>>
const open: Open[] = []
afterEach(() => {
  for (const each of open.splice(0)) {
    each.close()
    each.cutOff()
  }
})

const opened = async (arrived: (socket: Socket) => boolean, port = 0) => {
  const listening = await listen({ host: '127.0.0.1', port, upgrade: () => {}, arrived, answer: () => false })
  open.push(listening)
  return listening
}

describe('the door of the gateway', () => {
  test('a gateway whose turns are long lets in those that come back faster than they give up', async () => {
    let here = 0
    const { port } = await opened(() => {
      here += 1
      return true
    })
    const COMING = 300
    const clients = Array.from({ length: COMING }, () => connect({ host: '127.0.0.1', port }))
    await Promise.all(clients.map((client) => once(client, 'connect')))
    let turns = 0
    while (here < COMING && turns < COMING) {
      turns += 1
      const until = performance.now() + 2
      while (performance.now() < until);
      await new Promise((soon) => setImmediate(soon))
    }
    for (const client of clients) client.destroy()
    expect(here).toBe(COMING)
    // one in a turn took all of them; the kernel deals them out at random, so that one door has more than its share
    if (process.platform === 'linux') expect(turns).toBeLessThan(COMING / 4)
  })

  test('all doors answer, and none stays open behind the gateway', async () => {
    const { port, close, cutOff } = await opened(() => true)
    const answers = await Promise.all(Array.from({ length: 60 }, async () => (await fetch(`http://127.0.0.1:${port}/`)).status))
    expect(new Set(answers)).toEqual(new Set([426]))
    close()
    cutOff()
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  test('a port that another program has is refused, also one that would share it', async () => {
    const other = createServer()
    await new Promise<void>((done) =>
      other.listen({ host: '127.0.0.1', port: 0, ...(process.platform === 'linux' && { reusePort: true }) }, done),
    )
    const { port } = other.address() as { port: number }
    await expect(opened(() => true, port)).rejects.toThrow('EADDRINUSE')
    other.close()
  })
})
