import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { plugIn, testDepot, until } from './test-depot.ts'

const CHARGERS = 20
const depot = await testDepot(CHARGERS)
const { prisma } = depot.db
let gateway: ChildProcess | undefined
afterAll(() => gateway?.kill('SIGKILL'))

async function startGateway(): Promise<{ port: number }> {
  gateway = fork(join(import.meta.dirname, 'test-gateway.ts'), { env: { ...process.env, GATEWAY_URL: depot.url }, execArgv: [] })
  const [told] = await once(gateway, 'message')
  return told as { port: number }
}

/** A life of a charger under the gateway that will be killed: sessions with readings, and what of them was answered. */
type Acked = { starts: Map<string, number>; readings: Set<string>; stops: Set<number> }

test('kill -9 under load: what was answered is stored, what is said again adds nothing, a retried start finds its session', async () => {
  const acked: Acked = { starts: new Map(), readings: new Set(), stops: new Set() }
  const said: { identity: string; start: Record<string, unknown> }[] = []
  const first = await startGateway()
  const lives = Array.from({ length: CHARGERS }, async (_, index) => {
    const identity = `C${index + 1}`
    const at = await plugIn(depot, first, identity)
    for (let round = 0; ; round++) {
      const start = {
        connectorId: 1,
        idTag: 'CENTRAL',
        meterStart: round * 1000,
        timestamp: new Date(Date.now() - 3000 + round).toISOString(),
      }
      said.push({ identity, start })
      const { transactionId } = (await at.call('StartTransaction', start)) as { transactionId: number }
      acked.starts.set(`${identity} ${JSON.stringify(start)}`, transactionId)
      for (let each = 0; each < 5; each++) {
        const timestamp = new Date(Date.now() - 2000 + each).toISOString()
        await at.call('MeterValues', {
          connectorId: 1,
          transactionId,
          meterValue: [{ timestamp, sampledValue: [{ value: String(round * 1000 + each) }] }],
        })
        acked.readings.add(`${identity.toLowerCase()}-1 ${timestamp} ${round * 1000 + each}`)
      }
      await at.call('StopTransaction', { transactionId, meterStop: round * 1000 + 9, timestamp: new Date().toISOString() })
      acked.stops.add(transactionId)
    }
  })
  const ends = Promise.allSettled(lives)
  await until(() => acked.readings.size > 400 && acked.stops.size > 50, 30_000)
  gateway!.kill('SIGKILL')
  await ends

  const second = await startGateway()
  for (const { identity, start } of said.slice(-40)) {
    const at = await plugIn(depot, second, identity)
    const { transactionId } = (await at.call('StartTransaction', start)) as { transactionId: number }
    const known = acked.starts.get(`${identity} ${JSON.stringify(start)}`)
    if (known !== undefined) expect(transactionId).toBe(known)
    await at.close({ force: true })
  }
  const sessions = await prisma.session.findMany()
  const ids = new Set(sessions.map(({ id }) => id))
  for (const id of acked.starts.values()) expect(ids.has(id)).toBe(true)
  expect(new Set(sessions.map(({ startKey }) => startKey)).size).toBe(sessions.length)
  for (const { id, stoppedAt } of sessions) if (acked.stops.has(id)) expect(stoppedAt).not.toBeNull()
  const readings = (await prisma.meterReading.findMany()).map(({ portId, at, energyWh }) => `${portId} ${at.toISOString()} ${energyWh}`)
  expect(readings.length).toBeGreaterThanOrEqual(acked.readings.size)
  expect(new Set(readings).size).toBe(readings.length)
  const stored = new Set(readings)
  for (const each of acked.readings) expect(stored.has(each)).toBe(true)
  // the dead gateway's sockets are not believed to be open
  expect(await prisma.charger.count({ where: { connectedAt: { not: null } } })).toBeLessThanOrEqual(1)
})

test('a database that goes away: no answer and no socket, so that the charger keeps its message; it succeeds when it is back', async () => {
  const endpoint = await depot.start()
  const charger = await plugIn(depot, endpoint, 'C1')
  await charger.call('Heartbeat', {})
  await until(() => endpoint.links.online('c1'))
  const { pool } = depot.db
  const query = pool.query
  // from here on this process's pool is as a server that was killed
  const away = () => Promise.reject(Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }))
  Object.assign(pool, { query: away })
  const closed = new Promise((done) => charger.once('close', done))
  await expect(charger.call('Heartbeat', {})).rejects.toThrow()
  await closed
  Object.assign(pool, { query })
  expect(await (await plugIn(depot, endpoint, 'C1')).call('Heartbeat', {})).toHaveProperty('currentTime')
})
