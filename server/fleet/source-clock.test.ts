import { beforeAll, expect, test } from 'vitest'
import { type Instant, instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { testDatabase } from '../tools/test-store.ts'
import { issued } from './source-clock.ts'

let db: Database
beforeAll(async () => {
  db = openDatabase((await testDatabase()).url, 2)
  return () => db.close()
})
const noon = instant('2026-11-23T12:00:00Z')
const received = (n: number) => plus(noon, minutes(n))
/** `requests` one a minute, each said to be issued `lateMs` before it arrives. */
const from = async (key: string, start: number, requests: number, lateMs: number) => {
  let last: Awaited<ReturnType<typeof issued>> | undefined
  for (let n = start; n < start + requests; n++) last = await issued({ db }, key, plus(received(n), -lateMs), received(n))
  return last!
}

test('of a source whose clock agrees, also a request that was held up for 10 s counts from its issue', async () => {
  expect(await from('key:good', 0, 20, 300)).toMatchObject({ t0FromSource: true })
  expect(await from('key:good', 20, 1, seconds(10))).toEqual({ t0: plus(received(20), -seconds(10)), t0FromSource: true, t1: received(20) })
})

test('a source whose clock is a minute late counts from receipt, also when one request happens to fit', async () => {
  expect(await from('key:late', 0, 20, seconds(60))).toEqual({ t0: received(19), t0FromSource: false, t1: received(19) })
  expect(await from('key:late', 20, 1, 0)).toMatchObject({ t0: received(20), t0FromSource: false })
})

test('a clock that was set right is believed when most of the last 20 requests agree, and each key has its own', async () => {
  await from('key:mended', 0, 20, seconds(60))
  expect(await from('key:mended', 20, 10, 200)).toMatchObject({ t0FromSource: false })
  expect(await from('key:mended', 30, 1, 200)).toMatchObject({ t0FromSource: true })
})

test('a source that is a little ahead never issues after we received', async () => {
  expect(await issued({ db }, 'key:ahead', plus(noon, 900), noon)).toEqual({ t0: noon, t0FromSource: true, t1: noon })
})

test('a request without its moment counts from receipt', async () => {
  expect(await issued({ db }, 'key:plain', undefined, noon)).toEqual({ t0: noon as Instant, t0FromSource: false, t1: noon })
})
