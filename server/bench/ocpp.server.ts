// A server of the bench: ours on a real database, or a bare ocpp-rpc that validates with the same schemas and answers at once.

import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { makeClock } from '../clock.ts'
import { startEndpoint } from '../ocpp/endpoint.ts'
import { createValidator, RPCServer, type RpcClient } from '../ocpp/rpc.ts'
import { openDatabase } from '../store/database.ts'
import { ensurePartitions } from '../store/partitions.ts'

const { port, close } = process.argv[2] === 'ours' ? await ours() : await bare()
process.send?.({ port })
process.on('disconnect', () => process.exit())
process.once('message', async () => {
  await close()
  process.exit(0)
})

async function ours() {
  const db = openDatabase(process.env.BENCH_URL ?? '')
  const clock = makeClock()
  await ensurePartitions(db.pool, clock.now())
  const endpoint = await startEndpoint(
    {
      env: { ocppAllowNoAuth: false },
      clock,
      db,
      log: pino({ level: 'warn' }),
      recorded: { publish: () => {}, subscribe: () => () => {} },
      wakes: { replan: () => {}, reconcile: () => {}, touched: () => {} },
    },
    { port: 0, host: '127.0.0.1', bootAwaitedMs: 600_000 },
  )
  return {
    port: endpoint.port,
    close: async () => {
      await endpoint.close(3000)
      await db.close()
    },
  }
}

async function bare() {
  const schemas: Record<string, unknown>[] = createRequire(import.meta.url)('ocpp-rpc/lib/schemas/ocpp1_6.json')
  const server = new RPCServer({ protocols: ['ocpp1.6'], strictMode: true, strictModeValidators: [createValidator('ocpp1.6', schemas)] })
  server.on('client', (client: RpcClient) => {
    client.handle(async ({ method }) => (method === 'Heartbeat' ? { currentTime: new Date().toISOString() } : {}))
  })
  const http = createServer({ noDelay: true })
  http.on('upgrade', (request, socket, head) => void server.handleUpgrade(request, socket as never, head))
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  return { port: (http.address() as AddressInfo).port, close: async () => {} }
}
