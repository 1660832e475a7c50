// The load of the rates. Closed: each charger sends its next message when the last one is answered, as chargers do. Open: messages are due on
// a schedule whatever the answers; a charger with one in flight keeps the next, and the latency counts from the moment it was due.
import { performance } from 'node:perf_hooks'
import { WebSocket } from 'ws'

export type Kind = 'MeterValues' | 'StartTransaction' | 'StartAndStop' | 'Heartbeat'
export type Order = {
  port: number
  kind: Kind
  keys: [string, string][]
  /** Starts go round these. */
  connectors: number
  warm: number
  measured: number
  ratePerSecond?: number
}
export type Measured = { perSecond: number; p50Ms: number; p99Ms: number; cpuUs: number }

process.on('disconnect', () => process.exit())
process.once('message', (order: Order) => {
  run(order).then(
    (measured) => process.send?.(measured),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
/** All are connected and had their first answer: says so, and goes on when told. */
const ready = () =>
  new Promise<void>((go) => {
    process.once('message', () => go())
    process.send?.({ ready: true })
  })

type Charger = { socket: WebSocket; index: number; number: number; sentAt: number; due: number[]; transaction: number; stopping: boolean }

async function run({ port, kind, keys, connectors, warm, measured, ratePerSecond }: Order): Promise<Measured> {
  const took: number[] = []
  const errors: string[] = []
  const answered = new Set<number>()
  let counting = false
  let stopped = false
  const chargers: Charger[] = []
  // not all handshakes at once: this case is not about them
  for (let from = 0; from < keys.length; from += 100)
    chargers.push(
      ...(await Promise.all(
        keys.slice(from, from + 100).map(async ([identity, key], index) => ({
          socket: await open(port, identity, key),
          index: from + index,
          number: 0,
          sentAt: 0,
          due: [],
          transaction: 0,
          stopping: false,
        })),
      )),
    )

  const send = (charger: Charger, dueAt = performance.now()) => {
    charger.number++
    charger.sentAt = dueAt
    charger.stopping = false
    charger.socket.send(message(kind, charger, connectors))
  }
  const open_ = ratePerSecond !== undefined
  for (const charger of chargers) {
    charger.socket.on('message', (data: Buffer) => {
      // the server may ask too: nobody answers, as it asks for nothing that these messages need
      if (data[1] === 50) return
      if (data[1] !== 51) errors.push(data.toString('utf8', 0, 200))
      answered.add(charger.index)
      if (counting) took.push(performance.now() - charger.sentAt)
      charger.sentAt = 0
      if (stopped) return
      if (kind === 'StartAndStop' && !charger.stopping) {
        charger.stopping = true
        charger.sentAt = performance.now()
        charger.transaction = Number(/"transactionId":(-?\d+)/.exec(data.toString())?.[1])
        charger.socket.send(stopTransaction(charger))
      } else if (!open_) send(charger)
      else if (charger.due.length > 0) send(charger, charger.due.shift()!)
    })
    send(charger)
  }
  // the rush of all chargers coming in at once is over when each had its first answer
  while (answered.size < chargers.length) await new Promise((soon) => setTimeout(soon, 20))
  await ready()
  if (open_) schedule()
  await new Promise((done) => setTimeout(done, warm * 1000))
  counting = true
  const from = performance.now()
  const cpu = process.cpuUsage()
  await new Promise((done) => setTimeout(done, measured * 1000))
  counting = false
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  stopped = true
  for (const { socket } of chargers) socket.terminate()
  if (errors.length > 0) throw new Error(`${errors.length} refused, the first: ${errors[0]}`)
  took.sort((a, b) => a - b)
  const at = (share: number) => Math.round((took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN) * 100) / 100
  return { perSecond: Math.round(took.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99), cpuUs: user + system }

  function schedule() {
    const began = performance.now()
    let sent = 0
    const step = () => {
      if (stopped) return
      const now = performance.now()
      for (let due = began + (sent * 1000) / ratePerSecond!; due <= now; due = began + (sent * 1000) / ratePerSecond!) {
        const charger = chargers[sent++ % chargers.length]!
        if (charger.sentAt === 0) send(charger, due)
        else charger.due.push(due)
      }
      setTimeout(step, 1)
    }
    step()
  }
}

function message(kind: Kind, { index, number }: Charger, connectors: number): string {
  const id = `${index}-${number}`
  if (kind === 'Heartbeat') return `[2,"${id}","Heartbeat",{}]`
  const at = new Date().toISOString()
  if (kind !== 'MeterValues') {
    const connector = kind === 'StartAndStop' ? 1 : 1 + (number % connectors)
    return `[2,"${id}","StartTransaction",{"connectorId":${connector},"idTag":"CARD-${index + 1}-${connector}","meterStart":${1000 + number},"timestamp":"${at}"}]`
  }
  return `[2,"${id}","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"${1000 + number}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"9600","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},{"value":"40.0","context":"Sample.Periodic","measurand":"Current.Import","unit":"A"},{"value":"${number % 100}","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}]}]}]`
}

const stopTransaction = ({ index, number, transaction }: Charger) =>
  `[2,"${index}-${number}s","StopTransaction",{"transactionId":${transaction},"meterStop":${1000 + number},"timestamp":"${new Date().toISOString()}","reason":"Local"}]`

const open = (port: number, identity: string, key: string) =>
  new Promise<WebSocket>((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
      headers: { authorization: `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}` },
      perMessageDeflate: false,
    })
    socket.once('open', () => done(socket))
    socket.once('error', failed)
  })
