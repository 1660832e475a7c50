import { expect, test } from 'vitest'
import { testDepot } from '../ocpp/test-depot.ts'
import { makeDoorBook } from './admission.ts'

const depot = await testDepot(1_000)
const { pool, prisma } = depot.db
let queries = 0
const counted = new Proxy(pool, {
  get: (target, name) => {
    if (name === 'query') queries++
    return Reflect.get(target, name)
  },
})
const book = makeDoorBook(counted)
const spent = async (work: () => Promise<unknown>) => {
  queries = 0
  await work()
  return queries
}

test('a charger that arrives alone costs one query; a thousand that arrive together, three', async () => {
  expect(await spent(() => book.find('C1'))).toBe(1)
  const identities = [...depot.keys.keys()]
  const began = performance.now()
  const all = Promise.all(identities.map((identity) => book.find(identity)))
  expect(await spent(() => all)).toBeLessThanOrEqual(3)
  if (process.env.LOG_LEVEL) console.log(`${((performance.now() - began) / identities.length).toFixed(4)} ms each`)
  expect((await all).map((door) => door?.charger.identity)).toEqual(identities)
})

test('each gets its own answer: ports, the same identity twice, strangers, who knocks, whose certificate', async () => {
  const at = new Date()
  await prisma.certificate.create({
    data: { id: 'x', chargerId: 'c2', kind: 'charger', state: 'revoked', fingerprint: 'ff', createdBy: 'test', createdAt: at, stateAt: at },
  })
  await prisma.knocking.create({ data: { identity: 'C2', firstAt: at, lastAt: at, times: 1, address: 'a', reason: 'r' } })
  const [plain, with_, stranger] = await Promise.all([book.find('C2'), book.find('C2', 'ff'), book.find('Nobody', 'ff')])
  expect(plain).toMatchObject({
    knocking: true,
    certificate: undefined,
    charger: {
      ports: new Map([
        [1, 'c2-1'],
        [2, 'c2-2'],
      ]),
    },
  })
  expect(with_).toMatchObject({ certificate: { chargerId: 'c2', state: 'revoked' } })
  expect(stranger).toBeUndefined()
})

test('a database that fails is told to all who asked, and the next ones are served', async () => {
  let broken = true
  const book2 = makeDoorBook(
    new Proxy(pool, {
      get: (target, name) =>
        name === 'query' && broken ? () => Promise.reject(new Error('away')) : Reflect.get(target, name).bind(target),
    }),
  )
  const failed = await Promise.allSettled([book2.find('C1'), book2.find('C2')])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  broken = false
  expect((await book2.find('C1'))?.charger.id).toBe('c1')
})
