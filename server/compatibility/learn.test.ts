import { expect, test } from 'vitest'
import { NIGHT, testDepot } from '../planning/test-depot.ts'
import type { StoredLine } from '../store/compatibility.ts'
import { learn } from './learn.ts'

// What a check of one charger may say of the others of its model.

const depot = await testDepot()
const { prisma } = depot.db
await prisma.charger.updateMany({ data: { vendor: 'Acme', model: 'One' } })
let checks = 0

async function found(charger: string, firmware: string, keepsProfiles: boolean) {
  const id = `check-${++checks}`
  const line: StoredLine = {
    id: 'keepsProfiles',
    result: keepsProfiles ? 'pass' : 'fail',
    says: '',
    measured: { keepsProfiles },
    at: NIGHT,
    evidence: [],
  }
  const named = { depotId: 'north', chargerId: charger, vendor: 'Acme', model: 'One', firmware }
  const startedAt = new Date(NIGHT + checks * 1000)
  await prisma.compatibilityCheck.create({ data: { id, ...named, state: 'done', lines: [line], createdBy: 'user:anna', startedAt } })
  const of = { checkId: id, chargerId: charger, vendor: 'Acme', model: 'One', actor: 'user:anna', depotId: 'north' }
  return (await learn(depot.gateway, of, [line], 'follows')).keepsProfiles
}

test('that a model forgets its limits is not taken back by another charger with the same firmware', async () => {
  expect(await found('c1', '1.0', false)).toBe(false)
  expect(await found('c2', '1.0', true)).toBe(false)
  expect(await found('c2', '1.0', true)).toBe(false)
  expect((await prisma.charger.findUniqueOrThrow({ where: { id: 'c3' } })).quirks).toMatchObject({ keepsProfiles: false })
})

test('newer firmware takes it back, and so does the charger itself when it is checked again', async () => {
  expect(await found('c2', '2.0', true)).toBe(true)
  expect(await found('c1', '2.0', false)).toBe(false)
  expect(await found('c1', '2.0', true)).toBe(true)
})
