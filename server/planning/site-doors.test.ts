import { beforeAll, describe, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, REACH, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { POST as postLock } from '../../app/api/depots/[depot]/nodes/[node]/lock-out/route.ts'
import { PUT as putNode } from '../../app/api/depots/[depot]/nodes/[node]/route.ts'
import { POST as postNode } from '../../app/api/depots/[depot]/nodes/route.ts'
import { GET as getSite } from '../../app/api/depots/[depot]/site/route.ts'
import { gather } from './replan.ts'

type Told = { status: number; id: string; detail: string; nodes: Record<string, unknown>[]; refusal: string | null }
const PANEL = { name: 'Panel A', breakerA: 100, contractKw: null, continuousIncluded: false, volts: 400, wiring: 'L-L', phases: 3 }
const SERVICE = { name: 'service connection', breakerA: null, contractKw: 80, continuousIncluded: false }

describe('the site tree, by its doors', () => {
  let site: Site
  let manager: Record<string, string>
  const replans: string[] = []
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    await charging(site.db, EVENING, 1, 11_400)
    await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
    manager = await site.as('manager', ['north'])
    site.ctx.wakes.replan = (_, cause) => void replans.push(cause)
  })

  const ask = (door: Door, params: Record<string, string>, body?: unknown) => askDoor<Told>(door, manager, { params, body })
  const lastJournal = () => site.db.prisma.journal.findFirst({ orderBy: { id: 'desc' } })

  test('the tree shows limits and use: building and vehicles count at every node above them', async () => {
    const added = await ask(postNode, {}, { ...PANEL, parentId: 'north-service', kind: 'panel' })
    expect(added.status).toBe(200)
    await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { nodeId: added.id } })
    const { nodes } = await ask(getSite, {})
    expect(nodes).toMatchObject([
      { name: 'service connection', depth: 0, firmW: 80_000, baseW: 10_400, vehiclesW: 11_400, charging: 1, contractW: 80_000 },
      // 100 A × 80 % × 400 V × √3
      { name: 'Panel A', depth: 1, firmW: 55_425, baseW: 0, vehiclesW: 11_400, charging: 1, chargers: [{ name: 'Charger 1' }] },
    ])
    expect(replans).toContain('Panel A was added')
  })

  test('a lower contract is planned with at once and stands in the journal with what it was', async () => {
    expect((await ask(putNode, { node: 'north-service' }, { ...SERVICE, contractKw: 50 })).status).toBe(200)
    const { nodes } = await gather(site.ctx, 'north', REACH)
    // 12 kW of base load is the most foreseen
    expect(Math.max(...nodes.find(({ id }) => id === 'north-service')!.limitW)).toBeLessThanOrEqual(50_000)
    expect(replans.at(-1)).toBe('the limit of service connection was changed')
    expect(await lastJournal()).toMatchObject({
      kind: 'node.changed',
      data: { before: { limitW: 80_000 }, after: { limitW: 50_000 } },
    })
  })

  test('a limit under what chargers draw at the least is refused with the sentence, and nothing changes', async () => {
    await site.db.prisma.charger.updateMany({ where: { depotId: 'north' }, data: { quirks: { refusesZero: true } } })
    const told = await ask(putNode, { node: 'north-service' }, { ...SERVICE, contractKw: 15 })
    expect(told).toMatchObject({ status: 409 })
    expect(told.detail).toBe(
      'service connection needs a contactor or a load-shed relay: the least power of its chargers is 2.8 kW more than it carries. Nothing was changed.',
    )
    expect((await ask(getSite, {})).nodes[0]).toMatchObject({ contractW: 50_000 })
  })

  test('the service connection keeps a limit; a circuit feeds no panel; a node of another depot is not there', async () => {
    expect(await ask(putNode, { node: 'north-service' }, { ...SERVICE, contractKw: null })).toMatchObject({ status: 400 })
    const circuit = await ask(postNode, {}, { ...PANEL, name: 'Circuit 1', parentId: 'north-service', kind: 'circuit' })
    expect(await ask(postNode, {}, { ...PANEL, parentId: circuit.id, kind: 'panel' })).toMatchObject({ status: 400 })
    expect(await ask(postNode, {}, { ...PANEL, parentId: 'south-service', kind: 'panel' })).toMatchObject({ status: 404 })
    expect(await ask(putNode, { node: 'south-service' }, SERVICE)).toMatchObject({ status: 404 })
    expect(await ask(postLock, { node: 'south-service' }, { lock: true })).toMatchObject({ status: 404 })
  })

  test('a locked node says since when and by whom, as the contract has it', async () => {
    await site.db.prisma.siteNode.update({
      where: { id: 'north-service' },
      data: { lockedOutAt: new Date(EVENING), lockedOutBy: 'user:manager' },
    })
    const { status: _, ...view } = await ask(getSite, {})
    expect(getSite.contract.output.parse(view)).toMatchObject({ nodes: [{ lockedOutAt: EVENING, lockedOutBy: 'user:manager' }, {}, {}] })
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { lockedOutAt: null, lockedOutBy: null } })
  })

  test('locking out asks the gateway, where the sockets are', async () => {
    site.answers.lockOut = () => ({ stoppedAt: EVENING, reached: 1, unreached: [] })
    expect(await ask(postLock, { node: 'north-service' }, { lock: true })).toMatchObject({ status: 200, reached: 1 })
    expect(site.calls.at(-1)).toMatchObject({ verb: 'lockOut', input: { nodeId: 'north-service', lock: true } })
  })
})
