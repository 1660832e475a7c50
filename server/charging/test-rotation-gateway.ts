// A gateway that is told to send a key and dies at a step of that, for the test beside it. On the database of GATEWAY_URL.
import pino from 'pino'
import { makeClock } from '../clock.ts'
import { startEndpoint } from '../ocpp/endpoint.ts'
import type { Links } from '../runtime.ts'
import { openDatabase } from '../store/database.ts'
import { type SendingKey, sendNextKey } from './key-rotation.ts'

export type Asked = { send: SendingKey; dieAt: 'beforeSending' | 'sent' | 'answered' | 'written' | 'never' }

const db = openDatabase(process.env.GATEWAY_URL ?? '')
const clock = makeClock()
const log = pino({ level: 'silent' })
const endpoint = await startEndpoint(
  {
    env: { ocppAllowNoAuth: false },
    clock,
    db,
    log,
    recorded: { publish: () => {}, subscribe: () => () => {} },
    wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
  },
  { port: Number(process.env.GATEWAY_PORT ?? 0), host: '127.0.0.1', bootAwaitedMs: 600_000 },
)
const die = () => process.kill(process.pid, 'SIGKILL')

process.on('message', async ({ send, dieAt }: Asked) => {
  const links: Links = {
    ...endpoint.links,
    async call(chargerId, call, options) {
      if (dieAt === 'beforeSending') die()
      const answer = await endpoint.links.call(chargerId, call, {
        ...options,
        // by then the frame is with the operating system
        onSent: () => void (dieAt === 'sent' && setImmediate(die)),
      })
      if (dieAt === 'answered') die()
      return answer
    },
  }
  const feed = { publish: () => {}, subscribe: () => () => {} }
  const state = await sendNextKey({ db, clock, log, links, feed }, send, 200)
  if (dieAt === 'written') die()
  process.send?.({ state })
})
process.on('disconnect', () => process.exit())
process.send?.({ port: endpoint.port })
