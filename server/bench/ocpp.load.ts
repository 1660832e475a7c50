// The load: each charger sends its next message when the last one is answered, as chargers do.
import { performance } from 'node:perf_hooks'
import { WebSocket } from 'ws'

type Order = { port: number; action: 'MeterValues' | 'Heartbeat'; keys: [string, string][]; warm: number; measured: number }

process.on('disconnect', () => process.exit())
process.once('message', (order: Order) => {
  run(order).then(
    (measured) => process.send?.(measured),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})

async function run({ port, action, keys, warm, measured }: Order) {
  const took: number[] = []
  const errors: string[] = []
  const answered = new Set<number>()
  let counting = false
  let stopped = false
  const sockets = await Promise.all(keys.map(([identity, key]) => open(port, identity, key)))
  sockets.forEach((socket, index) => {
    let number = 0
    let sentAt = 0
    const next = () => {
      if (stopped) return
      const text = message(action, `${index}-${++number}`, number)
      sentAt = performance.now()
      socket.send(text)
    }
    socket.on('message', (data: Buffer) => {
      // the server may ask too: a configuration without keys
      if (data[1] === 50) return
      if (data[1] !== 51) errors.push(data.toString('utf8', 0, 200))
      answered.add(index)
      if (counting) took.push(performance.now() - sentAt)
      next()
    })
    next()
  })
  // the rush of all chargers coming in at once is over when each had its first answer
  while (answered.size < sockets.length) await new Promise((soon) => setTimeout(soon, 20))
  await new Promise((done) => setTimeout(done, warm * 1000))
  counting = true
  const from = performance.now()
  await new Promise((done) => setTimeout(done, measured * 1000))
  counting = false
  const seconds = (performance.now() - from) / 1000
  stopped = true
  for (const socket of sockets) socket.terminate()
  if (errors.length > 0) throw new Error(`${errors.length} refused, the first: ${errors[0]}`)
  took.sort((a, b) => a - b)
  const at = (share: number) => Math.round((took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN) * 10) / 10
  return { perSecond: Math.round(took.length / seconds), p50Ms: at(0.5), p99Ms: at(0.99) }
}

function message(action: Order['action'], id: string, number: number): string {
  if (action === 'Heartbeat') return `[2,"${id}","Heartbeat",{}]`
  const at = new Date().toISOString()
  return `[2,"${id}","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"${at}","sampledValue":[{"value":"${1000 + number}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"9600","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},{"value":"40.0","context":"Sample.Periodic","measurand":"Current.Import","unit":"A"},{"value":"${number % 100}","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}]}]}]`
}

const open = (port: number, identity: string, key: string) =>
  new Promise<WebSocket>((done, failed) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
      headers: { authorization: `Basic ${Buffer.from(`${identity}:${key}`).toString('base64')}` },
      perMessageDeflate: false,
    })
    socket.once('open', () => done(socket))
    socket.once('error', failed)
  })
