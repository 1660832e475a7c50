import { expect, test } from 'vitest'
import { earlierDeparture } from './earlier-departure.ts'

const zone = 'America/Los_Angeles'
const at = (text: string) => Date.parse(text)
const night = { now: at('2026-11-22T21:47:00-08:00'), departsAt: at('2026-11-23T04:45:00-08:00'), zone }

test('in the evening, 04:00 is tomorrow morning', () =>
  expect(earlierDeparture('04:00', night)).toEqual({ kind: 'moment', departsAt: at('2026-11-23T04:00:00-08:00') }))

test('23:00 is still today', () =>
  expect(earlierDeparture('23:00', night)).toEqual({ kind: 'moment', departsAt: at('2026-11-22T23:00:00-08:00') }))

test('a time after the departure is not earlier', () => expect(earlierDeparture('05:00', night)).toMatchObject({ kind: 'refused' }))

test('without a known duty any time ahead will do', () =>
  expect(earlierDeparture('21:00', { ...night, departsAt: null })).toEqual({ kind: 'moment', departsAt: at('2026-11-23T21:00:00-08:00') }))

test('what is no time is refused with an example', () =>
  expect(earlierDeparture('25:00', night)).toEqual({ kind: 'refused', reason: 'Give the time as hours and minutes, such as 05:30.' }))
