// A gateway of the smallest kind, to be killed in tests: the endpoint on the database of GATEWAY_URL; tells its port to its parent.
import pino from 'pino'
import { makeClock } from '../clock.ts'
import { openDatabase } from '../store/database.ts'
import { startEndpoint } from './endpoint.ts'

const db = openDatabase(process.env.GATEWAY_URL ?? '')
const endpoint = await startEndpoint(
  {
    env: { ocppAllowNoAuth: false },
    clock: makeClock(),
    db,
    log: pino({ level: 'silent' }),
    recorded: { publish: () => {}, subscribe: () => () => {} },
    wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
  },
  { port: Number(process.env.GATEWAY_PORT ?? 0), host: '127.0.0.1', bootAwaitedMs: 600_000 },
)
process.on('disconnect', () => process.exit())
process.send?.({ port: endpoint.port })
