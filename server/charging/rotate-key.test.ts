import { beforeAll, describe, expect, test } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { isChargerKey } from '#server/ocpp/key.ts'
import { POST as postKey } from '../../app/api/depots/[depot]/chargers/[charger]/key/route.ts'
import { POST as postCharger } from '../../app/api/depots/[depot]/chargers/route.ts'

describe('keys of chargers, by their doors', () => {
  let site: Site
  let manager: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING)
    manager = await site.as('manager', ['north'])
  })
  const ask = (door: Door, params: Record<string, string>, body?: unknown) =>
    askDoor<Record<string, unknown>>(door, manager, { params, body })
  const hashOf = async (id: string) => (await site.db.prisma.charger.findUniqueOrThrow({ where: { id } })).keyHash

  test('a new key is told once, opens the door instead of the old one, and the socket of the old one is dropped', async () => {
    const first = await ask(postKey, { charger: 'charger-1' })
    expect(first).toMatchObject({ status: 200, url: 'ws://depot.test/ocpp/CP-1' })
    const second = await ask(postKey, { charger: 'charger-1' })
    expect(isChargerKey(Buffer.from(String(second.key)), await hashOf('charger-1'))).toBe(true)
    expect(isChargerKey(Buffer.from(String(first.key)), await hashOf('charger-1'))).toBe(false)
    expect(site.calls.at(-1)).toEqual({ verb: 'chargerChanged', input: { chargerId: 'charger-1' } })
    const lines = await site.db.prisma.journal.findMany({ where: { kind: 'charger.newKey', subject: 'charger-1' } })
    expect(lines).toHaveLength(2)
    expect(JSON.stringify(lines, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(second.key)
  })

  test('a gateway that is away does not keep the key from being told', async () => {
    site.answers.chargerChanged = () => {
      throw new Error('the gateway is away')
    }
    const { status, key } = await ask(postKey, { charger: 'charger-2' })
    expect(status).toBe(200)
    expect(isChargerKey(Buffer.from(String(key)), await hashOf('charger-2'))).toBe(true)
  })

  test('a charger of another depot, or none, is not there', async () => {
    expect(await ask(postKey, { charger: 'charger-99' })).toMatchObject({ status: 404 })
  })

  test('a charger that the tree has no room for is added, and the answer says what is wrong', async () => {
    const added = { nodeId: 'north-service', maxKw: 19.2, wiring: 'L-L' }
    expect(await ask(postCharger, {}, { ...added, identity: 'CP-A', name: 'A', bay: 'A' })).toMatchObject({ status: 200, refusal: null })
    await site.db.prisma.charger.update({ where: { id: 'charger-1' }, data: { quirks: { refusesZero: true } } })
    await site.db.prisma.siteNode.update({ where: { id: 'north-service' }, data: { limitW: 12_500 } })
    const told = await ask(postCharger, {}, { ...added, identity: 'CP-B', name: 'B', bay: 'B' })
    expect(told.status).toBe(200)
    expect(told.refusal).toMatch(/^service connection .* kW more than it carries\.$/)
  })
})
