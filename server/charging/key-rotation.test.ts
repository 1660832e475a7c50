import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { rotationView } from '../live/provisioning-view.ts'
import { hashChargerKey } from '../ocpp/key.ts'
import { plugIn, type TestCharger, testDepot, until } from '../ocpp/test-depot.ts'
import { provisionedCharger } from '../store/provisioning.ts'
import { beginRotation, forgetNextKey } from './key-rotation.ts'
import { rotateChargerKey } from './rotate-key.ts'
import type { Asked } from './test-rotation-gateway.ts'

// A key is rotated over OCPP, and the gateway is killed between each step of it: the charger always gets in again.

const depot = await testDepot(12)
const { prisma } = depot.db
const actor = 'user:anna'
let gateway: ChildProcess | undefined
let port = 0
afterAll(() => gateway?.kill('SIGKILL'))

async function startGateway(): Promise<void> {
  const env = { ...process.env, GATEWAY_URL: depot.url, GATEWAY_PORT: String(port) }
  gateway = fork(join(import.meta.dirname, 'test-rotation-gateway.ts'), { env, execArgv: [] })
  const [told] = await once(gateway, 'message')
  port = (told as { port: number }).port
}
const dead = () => once(gateway!, 'exit')
const send = (message: Asked) => void gateway!.send(message)
const row = (id: string) => prisma.charger.findUniqueOrThrow({ where: { id } })
const progress = async (id: string) => rotationView((await provisionedCharger(prisma, 'd', id))!)

/** A charger that keeps the key it is told, and does with its connection what the whitepaper says: comes back with it. */
async function charger(identity: string, answer: (value: string) => unknown = () => ({ status: 'Accepted' })) {
  const held = { key: depot.keys.get(identity)!, told: undefined as string | undefined }
  let client: TestCharger | undefined
  const connect = async (key = held.key) => {
    client = await plugIn({ keys: new Map([[identity, key]]) }, { port }, identity, {
      async ChangeConfiguration({ key: name, value }) {
        if (name !== 'AuthorizationKey') return { status: 'Accepted' }
        held.told = String(value)
        const said = (await answer(held.told)) as { status: string }
        if (said.status === 'Accepted') held.key = held.told
        return said
      },
    })
    await until(async () => (await row(identity.toLowerCase())).connectedAt)
  }
  await connect()
  return {
    held,
    connect,
    comeBack: async () => {
      await client?.close({ force: true }).catch(() => {})
      await connect()
    },
    leave: async () => {
      await client?.close({ force: true })
      await until(async () => (await row(identity.toLowerCase())).connectedAt === null)
    },
    refused: (key: string) => expect(plugIn({ keys: new Map([[identity, key]]) }, { port }, identity)).rejects.toThrow(/401|Unauthorized/),
    gone: () => until(() => client?.state !== 1),
  }
}
const rotate = async (chargerId: string, dieAt: Asked['dieAt'], given?: string) => {
  const key = await beginRotation(
    { db: depot.db, clock: depot.ctx.clock },
    { depotId: 'd', chargerId, ...(given ? { key: given } : {}) },
    actor,
  )
  send({ send: { depotId: 'd', chargerId, key, actor }, dieAt })
  return key
}
const state = async () => ((await once(gateway!, 'message'))[0] as { state: string }).state

await startGateway()

test('told, taken, used: the new key is the key, the old one opens nothing, and no log knows either', async () => {
  const c1 = await charger('C1')
  const old = c1.held.key
  const key = await rotate('c1', 'never')
  expect(await state()).toBe('taken')
  expect(c1.held.told).toBe(key)
  expect(await progress('c1')).toMatchObject({ state: 'taken', open: true, detail: expect.stringContaining('Both keys open') })
  await c1.comeBack()
  expect(await row('c1')).toMatchObject({ keyHash: hashChargerKey(key), nextKeyHash: null })
  expect(await progress('c1')).toMatchObject({ state: 'done', open: false })
  await c1.refused(old)
  const { rows } = await depot.db.pool.query<{ text: string }>(
    'SELECT payload::text AS text FROM ocpp_message UNION ALL SELECT data::text FROM journal',
  )
  expect(rows.length).toBeGreaterThan(3)
  for (const { text } of rows) for (const secret of [key, old]) expect(text).not.toContain(secret)
})

test('a charger that took its key and stays is sent off, and may come back with either', async () => {
  const c2 = await charger('C2')
  await rotate('c2', 'never')
  expect(await state()).toBe('taken')
  await c2.gone()
  await c2.connect(depot.keys.get('C2')!)
  // it is let in before that is written down
  await expect
    .poll(() => progress('c2'), { timeout: 10_000 })
    .toMatchObject({ state: 'taken', open: true, detail: expect.stringContaining('came back with the old one') })
  await c2.comeBack()
  await expect.poll(() => progress('c2'), { timeout: 10_000 }).toMatchObject({ state: 'done' })
})

test('refused: the next key is forgotten, the old one stays', async () => {
  const c3 = await charger('C3', () => ({ status: 'Rejected' }))
  const key = await rotate('c3', 'never')
  expect(await state()).toBe('refused')
  expect(await row('c3')).toMatchObject({ nextKeyHash: null })
  expect(await progress('c3')).toMatchObject({
    state: 'refused',
    open: false,
    detail: 'It refused the new key (Rejected): the old key stays.',
  })
  await c3.refused(key)
  await c3.comeBack()
})

test('an answer that nobody understands leaves both keys open, and a second rotation waits for the first', async () => {
  const c4 = await charger('C4', () => ({ status: 'Perhaps' }))
  const key = await rotate('c4', 'never')
  expect(await state()).toBe('unsure')
  expect((await row('c4')).nextKeyHash).toBe(hashChargerKey(key))
  await expect(rotate('c4', 'never')).rejects.toMatchObject({ code: 'conflict' })
  await c4.comeBack()
  await forgetNextKey({ db: depot.db, clock: depot.ctx.clock }, { depotId: 'd', chargerId: 'c4' }, actor)
  expect(await progress('c4')).toMatchObject({ state: 'cancelled', open: false })
  await c4.refused(key)
})

test('a charger that needs a restart for it is not sent off', async () => {
  await charger('C5', () => ({ status: 'RebootRequired' }))
  await rotate('c5', 'never')
  expect(await state()).toBe('restart')
  expect(await progress('c5')).toMatchObject({ state: 'restart', open: true })
})

test('a given key of sixteen characters is told in hexadecimal digits, and opens in either form', async () => {
  const c6 = await charger('C6')
  await rotate('c6', 'never', 'tr0ub4dor&3-Kx!q')
  expect(await state()).toBe('taken')
  expect(c6.held.told).toBe(Buffer.from('tr0ub4dor&3-Kx!q').toString('hex'))
  await c6.comeBack()
  await expect.poll(() => progress('c6'), { timeout: 10_000 }).toMatchObject({ state: 'done' })
  await c6.connect('tr0ub4dor&3-Kx!q')
  await expect(rotate('c6', 'never', 'Zx8!kQ2#mN5$vB7%wL4^pR9&tY1')).rejects.toMatchObject({ code: 'invalid' })
})

test('offline, it cannot be told: nothing is begun; a plain new key ends a rotation', async () => {
  await expect(rotate('c7', 'never')).rejects.toMatchObject({ code: 'conflict' })
  const c7 = await charger('C7', () => ({ status: 'Perhaps' }))
  const key = await rotate('c7', 'never')
  expect(await state()).toBe('unsure')
  const plain = await rotateChargerKey({ db: depot.db, clock: depot.ctx.clock }, { depotId: 'd', chargerId: 'c7' }, actor)
  await c7.leave()
  for (const shut of [key, depot.keys.get('C7')!]) await c7.refused(shut)
  await c7.connect(plain)
})

describe('the gateway is killed', () => {
  /** Whether the charger has the new key then. */
  const STEPS: [Asked['dieAt'], string, boolean][] = [
    ['beforeSending', 'C8', false],
    ['sent', 'C9', true],
    ['answered', 'C10', true],
    ['written', 'C11', true],
  ]
  test.each(STEPS)(
    '%s: both keys open, the charger gets in with the one it has, and the new one ends it',
    async (dieAt, identity, taken) => {
      const id = identity.toLowerCase()
      const it = await charger(identity)
      const old = it.held.key
      const died = dead()
      const key = await rotate(id, dieAt)
      await died
      if (taken) await until(() => it.held.told === key)
      expect((await row(id)).nextKeyHash).toBe(hashChargerKey(key))
      await startGateway()
      await it.connect(old)
      expect((await row(id)).nextKeyHash).toBe(hashChargerKey(key))
      expect(await progress(id)).toMatchObject({ open: true })
      expect(it.held.key).toBe(taken ? key : old)
      await it.comeBack()
      await until(async () => (await row(id)).keyHash === hashChargerKey(taken ? key : old))
      if (!taken) await it.connect(key)
      expect(await row(id)).toMatchObject({ keyHash: hashChargerKey(key), nextKeyHash: null })
      expect(await progress(id)).toMatchObject({ state: 'done' })
      await it.refused(old)
    },
  )

  test('after the new key was used: it is the key for good', async () => {
    const it = await charger('C12')
    const old = it.held.key
    const key = await rotate('c12', 'never')
    expect(await state()).toBe('taken')
    await it.comeBack()
    const died = dead()
    gateway!.kill('SIGKILL')
    await died
    await startGateway()
    await it.refused(old)
    await it.connect(key)
  })
})
