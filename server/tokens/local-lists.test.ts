import { expect, test } from 'vitest'
import { type At, start, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { changeToken, removeToken } from './change-token.ts'
import { importTokens } from './import-tokens.ts'
import { addCard } from './test-card.ts'
import { type Keeper, keeper } from './test-keeper.ts'

// Local lists over real sockets: chargers keep them as OCPP 1.6 §5.10 and §5.15 say.

const w = await world(16)
const { prisma } = w
const anna = { depotId: 'd', actor: 'user:anna' }
const boot = (at: At) => at.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' })
const wanted = async () => (await prisma.depot.findUniqueOrThrow({ where: { id: 'd' } })).localListVersion
const synced = (at: At, list: Keeper) =>
  until(async () => list.version === (await wanted()) && (await w.row(at.id)).localListVersion === list.version)
const sent = (at: At) => at.asked.filter(({ method }) => method === 'SendLocalList').map(({ params }) => params)
const kinds = (at: At) => sent(at).map(({ updateType }) => updateType)
async function keeps(settings: Record<string, string> = {}) {
  const list = keeper(settings)
  const at = await w.charger(list.answers)
  await boot(at)
  return { list, at }
}

test('a charger that boots gets the whole list, without our own tokens; a change is told as a difference', async () => {
  const { at, list } = await keeps()
  await synced(at, list)
  expect([...list.tags.keys()].sort()).toEqual(['CARD1', 'LOST', 'OLD'])
  expect(list.tags.get('LOST')).toEqual({ status: 'Blocked' })
  expect(list.tags.get('OLD')).toEqual({ status: 'Accepted', expiryDate: '2020-01-01T00:00:00.000Z' })
  expect(kinds(at)).toEqual(['Full'])
  const { id } = await addCard('NEW1', { expires: '2099-06-30', group: 'Night shift', parentIdTag: 'NIGHT' })
  await synced(at, list)
  expect(list.tags.get('NEW1')).toEqual({ status: 'Accepted', expiryDate: '2099-07-01T07:00:00.000Z', parentIdTag: 'NIGHT' })
  expect(sent(at).at(-1)).toMatchObject({ updateType: 'Differential', localAuthorizationList: [{ idTag: 'NEW1' }] })
  // blocked: at the charger within seconds; removed: out of the list
  await changeToken(getRuntime(), anna, id, { status: 'blocked' })
  await until(() => list.tags.get('NEW1')?.status === 'Blocked', 3_000)
  await removeToken(getRuntime(), anna, id)
  await synced(at, list)
  expect(list.tags.has('NEW1')).toBe(false)
  expect(kinds(at)).toEqual(['Full', 'Differential', 'Differential', 'Differential'])
})

test('many at once go in parts that the charger has room for, each part with a version of its own', async () => {
  const { at, list } = await keeps({ SendLocalListMaxLength: '4' })
  await synced(at, list)
  const csv = `idTag\n${Array.from({ length: 10 }, (_, n) => `MANY${n}`).join('\n')}`
  expect(await importTokens(getRuntime(), anna, csv)).toMatchObject({ added: 10, refused: 0 })
  await synced(at, list)
  const parts = sent(at).slice(-3)
  expect(parts.map((part) => (part.localAuthorizationList as unknown[]).length)).toEqual([4, 4, 2])
  expect(parts.map(({ updateType }) => updateType)).toEqual(['Differential', 'Differential', 'Differential'])
  expect(list.tags.size).toBe(13)
  // a whole list in parts: the first is Full, the others add to it
  const other = await keeps({ SendLocalListMaxLength: '4' })
  await synced(other.at, other.list)
  expect(kinds(other.at)).toEqual(['Full', 'Differential', 'Differential', 'Differential'])
  expect([...other.list.tags.keys()].sort()).toEqual([...list.tags.keys()].sort())
})

test('a charger with another list than ours, or with none, gets the whole one', async () => {
  const { at, list } = await keeps()
  await synced(at, list)
  const full = () => kinds(at).filter((kind) => kind === 'Full').length
  // another system told it something meanwhile
  list.version = 77_000
  list.tags = new Map([['STRANGER', { status: 'Accepted' }]])
  await boot(at)
  await until(() => full() === 2)
  await synced(at, list)
  expect(list.tags.has('STRANGER')).toBe(false)
  // it lost it
  list.version = 0
  list.tags = new Map()
  await boot(at)
  await until(() => full() === 3)
  await synced(at, list)
  // it kept it: nothing is sent again
  const before = sent(at).length
  await boot(at)
  await until(() => at.asked.filter(({ method }) => method === 'GetLocalListVersion').length >= 4)
  await until(async () => ((await w.row(at.id)).localListAt?.getTime() ?? 0) > (await w.row(at.id)).bootedAt!.getTime())
  expect(sent(at)).toHaveLength(before)
})

test('VersionMismatch is put right with the whole list; a failure is told to the operator and tried again', async () => {
  const { at, list } = await keeps({ SendLocalListMaxLength: '50' })
  await synced(at, list)
  list.says = ['VersionMismatch']
  await addCard('MISMATCH')
  await synced(at, list)
  expect(kinds(at)).toEqual(['Full', 'Differential', 'Full'])
  expect(list.tags.has('MISMATCH')).toBe(true)

  list.says = ['Failed', 'Failed']
  await addCard('FAILS')
  await until(async () => (await w.row(at.id)).localListProblem === 'It answered SendLocalList with Failed.')
  expect(await w.line('review.localList', `charger:${at.id}`)).toEqual({ problem: 'It answered SendLocalList with Failed.' })
  // by itself, after a while
  await until(async () => (await w.row(at.id)).localListProblem === null, 15_000)
  await synced(at, list)
  expect(list.tags.has('FAILS')).toBe(true)
}, 30_000)

test('one that does not keep lists is left alone, and said so', async () => {
  const never = await keeps({ SupportedFeatureProfiles: 'Core,SmartCharging' })
  await until(async () => (await w.row(never.at.id)).localListAt)
  const says = keeper()
  says.version = -1
  const none = await w.charger(says.answers)
  await boot(none)
  await until(async () => (await w.row(none.id)).localListProblem?.includes('keeps no list'))
  await addCard('NOBODY')
  const told = keeper()
  told.says = ['NotSupported']
  const refuses = await w.charger(told.answers)
  await boot(refuses)
  await until(async () => (await w.row(refuses.id)).localListProblem?.includes('NotSupported'))
  expect([sent(never.at), sent(none), sent(refuses).length]).toEqual([[], [], 1])
  expect(never.at.asked.some(({ method }) => method === 'GetLocalListVersion')).toBe(false)
})

test('more cards than it has room for: the most recently used are in it', async () => {
  const { at: used } = await keeps()
  await start(used, { idTag: 'MANY3', timestamp: new Date().toISOString() })
  const { at, list } = await keeps({ LocalAuthListMaxLength: '2' })
  await synced(at, list)
  expect(list.tags.size).toBe(2)
  expect(list.tags.has('MANY3')).toBe(true)
  expect(list.tags.has('LOST')).toBe(false)
})

test('a card that was shown at a charger with a cache is cleared out of it when it changes, also where the charger was away', async () => {
  const { at, list } = await keeps()
  const other = await keeps()
  const { id } = await addCard('CACHED')
  await synced(at, list)
  await synced(other.at, other.list)
  await at.say('Authorize', { idTag: 'cached' })
  const before = list.cleared
  await changeToken(getRuntime(), anna, id, { status: 'blocked' })
  await until(() => list.cleared === before + 1)
  await synced(other.at, other.list)
  // the other never saw it
  expect(other.list.cleared).toBe(0)
  await at.client.close({ force: true })
  await until(() => !getRuntime().links.online(at.id))
  await changeToken(getRuntime(), anna, id, { status: 'accepted' })
  const back = await w.connect(at.identity, list.answers)
  await boot(back)
  await until(() => list.cleared === before + 2)
  await synced(back, list)
})

test('a restart of the gateway in the middle of a list: it is told whole afterwards', async () => {
  const { at, list } = await keeps({ SendLocalListMaxLength: '4' })
  await synced(at, list)
  list.version = 1
  list.says = ['Accepted', 'mute']
  await boot(at)
  await until(() => sent(at).length >= 6)
  await w.restart()
  list.says = []
  const back = await w.connect(at.identity, list.answers)
  await boot(back)
  await synced(back, list)
  expect(list.tags.size).toBe(await prisma.token.count({ where: { kind: { not: 'central' } } }))
}, 30_000)

test('a raw SendLocalList is not taken for ours: the charger is told the depot’s list again', async () => {
  const { at, list } = await keeps({ SendLocalListMaxLength: '50' })
  await synced(at, list)
  const payload = {
    listVersion: (await wanted()) + 50,
    updateType: 'Full',
    localAuthorizationList: [{ idTag: 'RAW', idTagInfo: { status: 'Accepted' } }],
  }
  await w.verb('sendCall', { chargerId: at.id, action: 'SendLocalList', payload })
  expect(list.tags.has('RAW')).toBe(true)
  await until(() => !list.tags.has('RAW'), 15_000)
  await synced(at, list)
}, 20_000)

test('a card of the same group may end another’s session; one of no group is for review', async () => {
  await prisma.token.createMany({
    data: ['MATE1', 'MATE2'].map((idTag) => ({ id: idTag, depotId: 'd', idTag, kind: 'rfid', parentIdTag: 'MATES' })),
  })
  const { at } = await keeps()
  const stop = async (startedBy: string, stoppedBy: string, connectorId: number) => {
    const timestamp = new Date().toISOString()
    const { transactionId } = await start(at, { idTag: startedBy, connectorId, timestamp, meterStart: connectorId })
    const told = await at.say('StopTransaction', { transactionId, meterStop: 2000, timestamp, idTag: stoppedBy, reason: 'Local' })
    return { told, flags: (await w.session(transactionId)).flags }
  }
  expect(await stop('MATE1', 'mate2', 1)).toEqual({ told: { idTagInfo: { status: 'Accepted', parentIdTag: 'MATES' } }, flags: [] })
  expect((await stop('MATE1', 'CARD1', 2)).flags).toEqual(['stoppedByOther'])
  expect((await stop('MATE2', 'mate2', 1)).flags).toEqual([])
})
