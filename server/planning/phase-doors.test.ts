import { beforeAll, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { PUT as putPorts } from '../../app/api/depots/[depot]/chargers/[charger]/ports/route.ts'
import { GET as getProvisioning } from '../../app/api/depots/[depot]/chargers/[charger]/provisioning/route.ts'
import { PUT as putNode } from '../../app/api/depots/[depot]/nodes/[node]/route.ts'
import { GET as getSite } from '../../app/api/depots/[depot]/site/route.ts'
import { PUT as putLoad } from '../../app/api/v1/nodes/[node]/load/route.ts'

// Amperes on each phase, by the doors that set and show them.

let site: Site
let manager: Record<string, string>
let meter: Record<string, string>
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING)
  await site.db.prisma.port.updateMany({ data: { phases: 1, wiring: 'L-L', volts: 240, lines: null } })
  manager = await site.as('manager', ['north'])
  meter = await site.withKey(['meters:write'], 'north')
})

type Told = {
  status: number
  detail?: string
  fields?: Record<string, string>
  nodes: Record<string, unknown>[]
  ports: Record<string, unknown>[]
}
const ask = (door: Door, params: Record<string, string>, body?: unknown, headers = manager) =>
  askDoor<Told>(door, headers, { params, body })
const service = async () => (await ask(getSite, {})).nodes.find(({ id }) => id === 'north-service')!
const RATING = { name: 'Grid', breakerA: 400, contractKw: null, continuousIncluded: false }
const node = { node: 'north-service' }
const one = { charger: 'charger-1' }
const PORT = { number: 1, bay: '01', maxKw: 19.2, minA: 6, phases: 1, volts: 240, wiring: 'L-L' }

test('a contract in amperes: the smaller of it and the breaker is told, with the ports that keep it from being exact', async () => {
  expect((await ask(putNode, node, { ...RATING, phaseLimitA: 250 })).status).toBe(200)
  const ports = await site.db.prisma.port.count()
  expect(await service()).toMatchObject({ phaseLimitMa: 250_000, phaseMa: 250_000, linesMissing: ports })
  // what is not named stays, null takes it away
  await ask(putNode, node, RATING)
  expect(await service()).toMatchObject({ phaseLimitMa: 250_000 })
  await ask(putNode, node, { ...RATING, phaseLimitA: null })
  expect(await service()).toMatchObject({ phaseLimitMa: null, phaseMa: 320_000 })
  const { status, fields } = await ask(putNode, node, { ...RATING, phaseLimitA: 2 })
  expect([status, Object.keys(fields!)]).toEqual([400, ['phaseLimitA']])
})

test('a connection whose only limit is the amperes of its contract has one', async () => {
  expect((await ask(putNode, node, { ...RATING, breakerA: null, phaseLimitA: 250 })).status).toBe(200)
  expect((await ask(putNode, node, { ...RATING, breakerA: null, phaseLimitA: null })).status).toBe(400)
})

test('the lines of a port are set with its electrics, and forgotten when it has another number of conductors', async () => {
  const [before] = (await ask(getProvisioning, one)).ports
  expect(before!.lines).toBeNull()
  const port = { ...PORT, id: before!.id }
  expect((await ask(putPorts, one, { ports: [{ ...port, lines: 'L2 L3' }] })).status).toBe(200)
  expect((await ask(getProvisioning, one)).ports[0]!.lines).toBe('l2 l3')
  await ask(putPorts, one, { ports: [port] })
  expect((await ask(getProvisioning, one)).ports[0]!.lines).toBe('l2 l3')
  const three = await ask(putPorts, one, { ports: [{ ...port, lines: 'l2 l3 l1' }] })
  expect(three).toMatchObject({ status: 400, detail: expect.stringContaining('connected to 2') })
  for (const lines of ['l2 l2', 'l4', 'l1,l2']) expect((await ask(putPorts, one, { ports: [{ ...port, lines }] })).status).toBe(400)
  await ask(putPorts, one, { ports: [{ ...port, phases: 3, volts: 208 }] })
  expect((await ask(getProvisioning, one)).ports[0]!.lines).toBeNull()
})

test('a meter tells its phases beside the whole; one that tells the whole only goes on as before', async () => {
  const at = new Date(EVENING).toISOString()
  const amperes = { l1: 42.2, l2: 12, l3: 12 }
  expect((await ask(putLoad, node, { at, powerW: 9_000, amperes }, meter)).status).toBe(200)
  const row = () => site.db.prisma.baseLoad.findFirstOrThrow({ where: { measuredAt: { not: null } }, orderBy: { measuredAt: 'desc' } })
  expect((await row()).measuredMa).toEqual([42_200, 12_000, 12_000])
  const later = new Date(EVENING + 1_000).toISOString()
  expect((await ask(putLoad, node, { at: later, powerW: 9_100 }, meter)).status).toBe(200)
  expect(await row()).toMatchObject({ measuredW: 9_100, measuredMa: [] })
  expect((await ask(putLoad, node, { at: later, powerW: 9_100, amperes: { l1: -1, l2: 0, l3: 0 } }, meter)).status).toBe(400)
})
