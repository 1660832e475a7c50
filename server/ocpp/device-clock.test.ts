import { expect, test } from 'vitest'
import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { handClock, NIGHT } from '../planning/test-depot.ts'
import { makeDoorBook } from '../store/admission.ts'
import { makeDeviceClock } from './device-clock.ts'
import { testDepot } from './test-depot.ts'

const depot = await testDepot(1)
const known = (await makeDoorBook(depot.db.pool).find('C1'))!.charger

/** A charger at a depot clock of `speed`, which tells its meter once a real minute; each message says how far its time lies from ours. */
function heard(speed: number) {
  let real = 0
  const clock = { ...handClock(NIGHT), speed, monotonic: () => real }
  const reviews: unknown[] = []
  const device = makeDeviceClock({ clock, db: depot.db }, known, 0, (kind, data) => reviews.push([kind, data]))
  const hear = (...offsetsS: number[]) => {
    for (const offset of offsetsS) {
      real += 60_000
      const receivedAt = plus(NIGHT, real * speed) as Instant
      const timestamp = new Date(plus(receivedAt, seconds(offset))).toISOString()
      device.hear('StatusNotification', { timestamp }, receivedAt)
    }
    return device.offsetMs()
  }
  return { hear, reviews }
}

test('four seconds on a busy machine are forty of a fast depot, and no wrong clock', () => {
  const { hear, reviews } = heard(10)
  expect(hear(-40, -35, -40, -38, -45, -40)).toBe(0)
  expect(reviews).toEqual([])
})

test('the same forty seconds in real time are one: corrected after two messages, told once after five', () => {
  const { hear, reviews } = heard(1)
  expect(hear(-40, -41)).toBe(seconds(-40))
  expect(reviews).toEqual([])
  hear(-40, -40, -41)
  hear(-48, -60, -61, -62, -63, -64, -70, -80)
  expect(reviews).toEqual([['clockSkew', { offsetMs: seconds(-40) }]])
})

test('a clock that is half an hour late is one in a fast depot too; put right, it counts as right', () => {
  const { hear, reviews } = heard(10)
  expect(hear(-1800, -1810, -1800, -1800, -1805)).toBe(seconds(-1800))
  expect(reviews).toEqual([['clockSkew', { offsetMs: seconds(-1800) }]])
  expect(hear(-1, 0, -3, -2, -1)).toBe(0)
})

test('one message under way for long says nothing', () => {
  const { hear, reviews } = heard(1)
  expect(hear(0, -50, -1, -45, -60)).toBe(0)
  expect(reviews).toEqual([])
})
