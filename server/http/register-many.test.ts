import { beforeAll, expect, test } from 'vitest'
import { MOST_DECIDED } from '#lib/api/provisioning.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { charging, smallDepot } from '#server/live/test-depot.ts'
import { PUT as putRegistrations } from '../../app/api/depots/[depot]/chargers/registration/route.ts'

type Told = { detail?: string; results: { id: string; decided: boolean; detail: string }[] }

let site: Site
let manager: Record<string, string>
beforeAll(async () => {
  site = await testSite()
  await smallDepot(site.db, EVENING, { bays: 12 })
  await smallDepot(site.db, EVENING, { id: 'south', bays: 1, first: 50 })
  manager = await site.as('manager', ['north'])
})
const decide = (chargers: string[], registration: string) => askDoor<Told>(putRegistrations, manager, { body: { chargers, registration } })
const registrations = async () =>
  Object.fromEntries((await site.db.prisma.charger.findMany()).map(({ id, registration }) => [id, registration]))

test('all that wait are accepted, each with its own line of the journal and its own word to the gateway', async () => {
  const ids = Array.from({ length: 12 }, (_, i) => `charger-${i + 1}`)
  await site.db.prisma.charger.updateMany({ where: { id: { in: ids } }, data: { registration: 'pending' } })
  let open = 0
  let most = 0
  const second = Promise.withResolvers<void>()
  site.answers.chargerRegistered = async ({ chargerId }) => {
    most = Math.max(most, ++open)
    // the first waits for another: one at a time would never end
    if (open > 1) second.resolve()
    await second.promise
    open--
    return { detail: `${chargerId} was asked.` }
  }
  const { status, results } = await decide([...ids, ids[0]!], 'accepted')
  expect(status).toBe(200)
  expect(results).toEqual(ids.map((id) => ({ id, decided: true, detail: `${id} was asked.` })))
  expect(most).toBeLessThanOrEqual(8)
  const after = await registrations()
  expect(ids.map((id) => after[id])).toEqual(ids.map(() => 'accepted'))
  const lines = await site.db.prisma.journal.findMany({ where: { kind: 'charger.accepted' } })
  expect(lines.map(({ subject }) => subject).sort()).toEqual([...ids].sort())
  expect(lines.every(({ actor }) => actor.startsWith('user:'))).toBe(true)
  expect(await site.db.prisma.journal.count({ where: { kind: 'change' } })).toBe(0)
  const told = site.calls.filter(({ verb }) => verb === 'chargerRegistered').map(({ input }) => input)
  expect(told).toHaveLength(12)
  expect(told).toContainEqual({ depotId: 'north', chargerId: 'charger-7', before: 'pending', now: 'accepted' })
})

test('one that cannot be decided says why and holds up no other; those of other depots are not there', async () => {
  await charging(site.db, EVENING, 6, 9_600)
  const { status, results } = await decide(['charger-6', 'charger-5', 'charger-50', 'nobody'], 'rejected')
  expect(status).toBe(200)
  expect(results).toMatchObject([
    { id: 'charger-6', decided: false, detail: expect.stringMatching(/^A session is open at/) },
    { id: 'charger-5', decided: true },
    { id: 'charger-50', decided: false, detail: 'There is no charger "charger-50".' },
    { id: 'nobody', decided: false },
  ])
  expect(await registrations()).toMatchObject({ 'charger-5': 'rejected', 'charger-6': 'accepted', 'charger-50': 'accepted' })
})

test('nothing, too many at once, and waiting again are refused', async () => {
  expect(await decide([], 'accepted')).toMatchObject({ status: 400 })
  const many = Array.from({ length: MOST_DECIDED + 1 }, (_, i) => `c${i}`)
  expect(await decide(many, 'accepted')).toMatchObject({ status: 400, detail: expect.stringContaining(`At most ${MOST_DECIDED} at once.`) })
  expect(await decide(['charger-1'], 'pending')).toMatchObject({ status: 400 })
})
