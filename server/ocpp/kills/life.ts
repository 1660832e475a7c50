import { WebSocket } from 'ws'
import { makeRandom } from '../fuzz/random.ts'

// A charger as the protocol wants it, small enough that a thousand fit in one process: it says each message until it is answered, in
// order, and comes back by itself whoever was killed.

export type Life = {
  identity: string
  /** transactionId by the content of its start, as it was answered. */
  starts: Map<string, number>
  /** `port time Wh` of every reading that was answered. */
  readings: string[]
  stops: Map<number, number>
  /** Sessions that it began, answered or not. */
  begun: number
  comebacks: number
  /** When it was last answered: real, monotonic ms. */
  answeredAt: number
  connected(): boolean
  /** Ends what it does now, and resolves when all is answered. */
  finish(): Promise<void>
  close(): void
}

export type LifeOptions = { identity: string; password: string; idTag: string; ports: number[]; pauseMs: number; seed: number }

/** As patient as a charger is. */
const ANSWER_MS = 30_000

/** Lives at once. `ports`: gateway and web, of which it tries the next one when one does not open. */
export function live({ identity, password, idTag, ports, pauseMs, seed }: LifeOptions): Life {
  const random = makeRandom(seed)
  const starts = new Map<string, number>()
  const readings: string[] = []
  const stops = new Map<number, number>()
  let socket: WebSocket | undefined
  let waiting: { id: string; answered: (payload: Record<string, unknown>) => void; failed: () => void } | undefined
  let finishing = false
  let closed = false
  let comebacks = 0
  let answeredAt = Number.NEGATIVE_INFINITY
  let begun = 0
  let turn = seed
  let ids = 0

  const wait = (ms: number) => new Promise<void>((soon) => setTimeout(soon, ms))

  // whoever was sent off comes back, also when it has nothing to say; one way at a time
  let reaching: Promise<WebSocket> | undefined
  const reach = (): Promise<WebSocket> => {
    reaching ??= opening().finally(() => {
      reaching = undefined
    })
    return reaching
  }

  async function opening(): Promise<WebSocket> {
    for (let tries = 0; ; tries++) {
      if (socket?.readyState === WebSocket.OPEN) return socket
      if (closed) throw new Error('closed')
      const port = ports[turn++ % ports.length]
      const fresh = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
        headers: { authorization: `Basic ${Buffer.from(`${identity}:${password}`).toString('base64')}` },
        perMessageDeflate: false,
        handshakeTimeout: ANSWER_MS,
      })
      fresh.on('error', () => {}) // told by `close`
      const opened = await new Promise<boolean>((done) => {
        fresh.once('open', () => done(true))
        fresh.once('close', () => done(false))
      })
      if (opened) {
        socket = fresh
        comebacks++
        fresh.on('message', (data) => hear(fresh, String(data)))
        fresh.on('close', () => {
          if (waiting && socket === fresh) waiting.failed()
          else reach().catch(() => {}) // closed for good
        })
        return fresh
      }
      await wait(100 + random.below(Math.min(3_000, 300 * 2 ** Math.min(tries, 4))))
    }
  }

  function hear(from: WebSocket, text: string) {
    const frame = JSON.parse(text) as [number, string, ...unknown[]]
    if (frame[0] === 2)
      return from.send(JSON.stringify([3, frame[1], frame[2] === 'GetConfiguration' ? { configurationKey: [] } : { status: 'Accepted' }]))
    if (waiting?.id !== frame[1]) return
    if (frame[0] === 3) waiting.answered(frame[2] as Record<string, unknown>)
    else waiting.failed()
  }

  async function say(action: string, payload: Record<string, unknown>): Promise<Record<string, unknown>> {
    for (;;) {
      const at = await reach()
      // a message keeps its content, not its id: as chargers do
      const id = `${identity}-${++ids}`
      const answer = await new Promise<Record<string, unknown> | undefined>((done) => {
        const timer = setTimeout(() => {
          at.terminate()
          done(undefined)
        }, ANSWER_MS)
        const end = (payload?: Record<string, unknown>) => {
          clearTimeout(timer)
          waiting = undefined
          done(payload)
        }
        waiting = { id, answered: end, failed: () => end() }
        at.send(JSON.stringify([2, id, action, payload]))
      })
      if (answer) {
        answeredAt = performance.now()
        return answer
      }
      await wait(50 + random.below(200))
    }
  }

  async function visit() {
    const now = () => new Date().toISOString()
    const connectorId = 1 + random.below(2)
    const meterStart = random.below(1_000_000)
    begun++
    const start = { connectorId, idTag, meterStart, timestamp: now() }
    const { transactionId } = (await say('StartTransaction', start)) as { transactionId: number }
    starts.set(JSON.stringify(start), transactionId)
    let wh = meterStart
    for (let each = 2 + random.below(5); each > 0 && !finishing; each--) {
      await wait(random.below(2 * pauseMs))
      const timestamp = now()
      wh += 1 + random.below(100)
      await say('MeterValues', { connectorId, transactionId, meterValue: [{ timestamp, sampledValue: [{ value: String(wh) }] }] })
      readings.push(`${identity.toLowerCase()}-${connectorId} ${timestamp} ${wh}`)
    }
    await say('StopTransaction', { transactionId, meterStop: wh, timestamp: now(), reason: 'EVDisconnected' })
    stops.set(transactionId, wh - meterStart)
    await wait(random.below(2 * pauseMs))
  }

  const done = (async () => {
    await wait(random.below(pauseMs))
    await say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'Small' })
    while (!finishing) await visit()
    await say('Heartbeat', {})
  })()
  done.catch(() => {}) // told by `finish`

  return {
    identity,
    starts,
    readings,
    stops,
    get begun() {
      return begun
    },
    get comebacks() {
      return comebacks
    },
    get answeredAt() {
      return answeredAt
    },
    connected: () => socket?.readyState === WebSocket.OPEN,
    finish() {
      finishing = true
      return done
    },
    close() {
      closed = true
      socket?.terminate()
    },
  }
}
