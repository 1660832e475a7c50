// 10,000 chargers in one process: they connect, answer what they are asked, talk on a schedule, and come back with what they kept.
import { performance } from 'node:perf_hooks'
import { WebSocket } from 'ws'

export type FleetOrder =
  | { do: 'connect'; port: number; keys: [string, string][]; atOnce: number }
  | { do: 'talk'; ratePerSecond: number; seconds: number }
  | { do: 'storm'; port: number }
export type Connected = { seconds: number; refused: number; retries: number; asked: number }
export type Talked = { sent: number; p50Ms: number; p99Ms: number; refused: number }
export type Stormed = Connected & { delivered: number; deliveredSeconds: number; connectedP99Ms: number }

type Charger = {
  identity: string
  key: string
  index: number
  socket: WebSocket | undefined
  heard: ((text: string) => void) | undefined
  number: number
}

let chargers: Charger[] = []
let refused = 0
let retries = 0
let asked = 0
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))

process.on('disconnect', () => process.exit())
process.on('message', (order: FleetOrder) => {
  const work = order.do === 'connect' ? connect(order) : order.do === 'talk' ? talk(order) : storm(order)
  work.then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})

async function connect({ port, keys, atOnce }: { port: number; keys: [string, string][]; atOnce: number }): Promise<Connected> {
  chargers = keys.map(([identity, key], index) => ({ identity, key, index, socket: undefined, heard: undefined, number: 0 }))
  const from = performance.now()
  const rest = [...chargers]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = rest.shift(); next; next = rest.shift()) await come(next, port)
    }),
  )
  return { seconds: (performance.now() - from) / 1000, refused, retries, asked }
}

/** Comes in, however often it must try. */
async function come(charger: Charger, port: number): Promise<void> {
  while (!(await dial(charger, port))) {
    retries++
    await sleep(1000)
  }
}

const dial = (charger: Charger, port: number) =>
  new Promise<boolean>((done) => {
    const { identity, key } = charger
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
      headers: { authorization: `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}` },
      perMessageDeflate: false,
      handshakeTimeout: 60_000,
    })
    let open = false
    socket.on('open', () => {
      open = true
      charger.socket = socket
      done(true)
    })
    socket.on('error', () => {
      if (open) return
      refused++
      done(false)
    })
    socket.on('close', () => {
      if (charger.socket === socket) charger.socket = undefined
    })
    socket.on('message', (data: Buffer) => {
      const text = data.toString()
      if (text.startsWith('[2,')) {
        asked++
        const [, id, action] = JSON.parse(text) as [number, string, string]
        socket.send(JSON.stringify([3, id, ANSWERS[action] ?? { status: 'Accepted' }]))
      } else charger.heard?.(text)
    })
  })

const ANSWERS: Record<string, object> = {
  GetConfiguration: {
    configurationKey: [
      { key: 'HeartbeatInterval', readonly: false, value: '300' },
      { key: 'NumberOfConnectors', readonly: true, value: '1' },
      { key: 'MeterValueSampleInterval', readonly: false, value: '60' },
    ],
    unknownKey: [],
  },
  GetLocalListVersion: { listVersion: 0 },
  GetCompositeSchedule: { status: 'Rejected' },
}

/** One message at a time, as 1.6J asks; resolves with the answer's text. */
const say = (charger: Charger, action: string, payload: object) =>
  new Promise<string>((done, lost) => {
    const id = `${charger.index}-${++charger.number}`
    if (!charger.socket) return lost(new Error('the socket is gone'))
    const { socket } = charger
    const gone = () => lost(new Error('the socket closed before the answer'))
    socket.once('close', gone)
    charger.heard = (text) => {
      if (!text.includes(`"${id}"`)) return
      socket.off('close', gone)
      charger.heard = undefined
      done(text)
    }
    socket.send(JSON.stringify([2, id, action, payload]))
  })

const meterValues = (register: number, at: Date, transactionId?: number) => ({
  connectorId: 1,
  ...(transactionId === undefined ? {} : { transactionId }),
  meterValue: [
    {
      timestamp: at.toISOString(),
      sampledValue: [
        { value: String(register), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
        { value: '7200', measurand: 'Power.Active.Import', unit: 'W' },
      ],
    },
  ],
})

/** Two of three are MeterValues, one a Heartbeat; due on a schedule, from ever another charger; the latency counts from when it was due. */
async function talk({ ratePerSecond, seconds }: { ratePerSecond: number; seconds: number }): Promise<Talked> {
  const took: number[] = []
  const under: Promise<void>[] = []
  let wrong = 0
  const began = performance.now()
  const step = 7919
  for (let sent = 0; sent < ratePerSecond * seconds; sent++) {
    const due = began + (sent * 1000) / ratePerSecond
    while (performance.now() < due) await sleep(1)
    const charger = chargers[(sent * step) % chargers.length]!
    const said = sent % 3 === 0 ? say(charger, 'Heartbeat', {}) : say(charger, 'MeterValues', meterValues(1000 + sent, new Date()))
    under.push(
      said.then((answer) => {
        took.push(performance.now() - due)
        if (!answer.startsWith('[3,')) wrong++
      }),
    )
  }
  await Promise.all(under)
  took.sort((a, b) => a - b)
  return { sent: took.length, p50Ms: at(took, 0.5), p99Ms: at(took, 0.99), refused: wrong }
}

/** All dial in the same moment and then deliver what they kept while they were away: a whole transaction, one message after the other. */
async function storm({ port }: { port: number }): Promise<Stormed> {
  ;[refused, retries, asked] = [0, 0, 0]
  for (const charger of chargers) charger.socket?.terminate()
  const from = performance.now()
  const took: number[] = []
  let delivered = 0
  let connectedAt = 0
  await Promise.all(
    chargers.map(async (charger) => {
      const kept: Kept = { transaction: undefined, next: 0 }
      while (kept.next < QUEUE.length) {
        if (!charger.socket) await come(charger, port)
        if (kept.next === 0) {
          took.push(performance.now() - from)
          connectedAt = performance.now()
        }
        try {
          // what was not answered is said again
          await QUEUE[kept.next]!(charger, kept)
          kept.next++
          delivered++
        } catch {
          retries++
        }
      }
    }),
  )
  took.sort((a, b) => a - b)
  return {
    seconds: (connectedAt - from) / 1000,
    connectedP99Ms: at(took, 0.99),
    refused,
    retries,
    asked,
    delivered,
    deliveredSeconds: (performance.now() - from) / 1000,
  }
}

type Kept = { transaction: number | undefined; next: number }
const MINUTE = 60_000
const offlineAt = Date.now() - 30 * MINUTE
const QUEUE: ((charger: Charger, kept: Kept) => Promise<unknown>)[] = [
  async (charger, kept) => {
    const payload = { connectorId: 1, idTag: `CARD-${charger.index + 1}-1`, meterStart: 5000, timestamp: new Date(offlineAt).toISOString() }
    const answer = await say(charger, 'StartTransaction', payload)
    kept.transaction = Number(/"transactionId":(\d+)/.exec(answer)?.[1])
    if (!(kept.transaction > 0)) throw new Error(answer)
  },
  (charger, kept) => say(charger, 'MeterValues', meterValues(6000, new Date(offlineAt + 10 * MINUTE), kept.transaction)),
  (charger, kept) => say(charger, 'MeterValues', meterValues(7000, new Date(offlineAt + 20 * MINUTE), kept.transaction)),
]

const at = (sorted: number[], share: number) =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10
