import { describe, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { type PortFacts, portState } from './port-state.ts'

const now = instant('2025-11-18T20:47:00Z')
const facts = (changed: Partial<PortFacts>): PortFacts => ({
  status: 'charging',
  errorCode: null,
  vendorErrorCode: null,
  online: true,
  seenAt: now,
  heldReason: null,
  inoperative: false,
  disobedientSince: null,
  stoppedAt: null,
  lockOut: null,
  heldW: 0,
  session: { startedAt: now },
  pluggedAt: now,
  powerW: 11_400,
  wantedW: 11_500,
  acceptedW: 11_500,
  settled: true,
  vehicle: { name: 'Van 11', socPct: 47, targetPct: 90, dueAt: null },
  reservation: null,
  reserves: false,
  planSays: 'Full power from 22:00.',
  pausedUntil: null,
  now,
  zone: 'Europe/Berlin',
  ...changed,
})
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ')

describe('what a person sees of a port', () => {
  test.each<[string, Partial<PortFacts>, string, string, boolean]>([
    ['charging by plan is normal', {}, 'normal', 'Charging', false],
    [
      'a pause that the plan asked for is no alarm',
      { status: 'pausedByCharger', acceptedW: 0, powerW: 0 },
      'paused',
      'Paused by plan',
      false,
    ],
    ['a pause that no plan asked for is', { status: 'pausedByCharger', powerW: 0 }, 'serious', 'Paused by charger', true],
    ['a pause that ends just now is no alarm yet', { status: 'pausedByCharger', powerW: 0, settled: false }, 'paused', 'Starting', false],
    ['nor is a van that has just been allowed', { status: 'pausedByVehicle', powerW: 0, settled: false }, 'paused', 'Starting', false],
    ['a van that stops under its target needs a look', { status: 'pausedByVehicle', powerW: 0 }, 'caution', 'Not drawing', true],
    [
      'a van that stops at its target is done',
      { status: 'pausedByVehicle', vehicle: { name: 'V', socPct: 89, targetPct: 90, dueAt: null } },
      'standby',
      'Done',
      false,
    ],
    [
      'a van of unknown charge that stops is not accused',
      { status: 'pausedByVehicle', vehicle: { name: 'V', socPct: null, targetPct: 90, dueAt: null } },
      'paused',
      'Vehicle not drawing',
      false,
    ],
    [
      'a van held at 0 that says it suspended itself is held by the plan',
      { status: 'pausedByVehicle', acceptedW: 0 },
      'paused',
      'Paused by plan',
      false,
    ],
    ['plugged without a card waits for one', { status: 'plugged', session: null }, 'standby', 'Waiting for card', true],
    [
      'a charger that is gone is offline, whatever it said last',
      { online: false, seenAt: instant(now - 18 * 60_000) },
      'serious',
      'Offline',
      true,
    ],
    ['one that never came is not an alarm', { online: false, seenAt: null }, 'off', 'Never seen', false],
    ['a fault is critical', { status: 'faulted', errorCode: 'GroundFailure' }, 'critical', 'Fault', true],
    ['free is free', { status: 'free', session: null, vehicle: null }, 'standby', 'Free', false],
    ['finishing asks to unplug', { status: 'finishing', session: null }, 'standby', 'Done – unplug', false],
    ['out of service is off', { status: 'unavailable' }, 'off', 'Out of service', false],
    ['disobedience goes before charging', { disobedientSince: now }, 'serious', 'Over its limit', true],
    [
      'safety goes before status',
      { heldReason: 'cap too small for its nameplate', status: 'unavailable' },
      'serious',
      'Held by safety',
      true,
    ],
    ['stop all is said on every port that has something plugged in', { stoppedAt: now }, 'paused', 'Stopped', false],
  ])('%s', (_, changed, mark, word, needsAction) => {
    expect(portState(facts(changed))).toMatchObject({ mark, word, needsAction })
  })

  describe('under a locked-out panel', () => {
    const lockOut = { node: 'panel A', since: instant(now - 10 * 60_000), by: 'Dana' }
    test.each<[string, Partial<PortFacts>, string]>([
      ['not done, and nobody is asked to unplug it', { status: 'finishing', session: null, powerW: 0 }, ''],
      ['not waiting for its place in the plan', { status: 'pausedByCharger', acceptedW: 0, powerW: 0 }, ''],
      ['not waiting for a card', { status: 'plugged', session: null, powerW: 0 }, ''],
      ['not free for the next one', { status: 'free', session: null, vehicle: null, powerW: 0, reserves: true }, ''],
      [
        'a charger that lost its power with it is no alarm',
        { online: false, seenAt: instant(now - 8 * 60_000), heldW: 3800 },
        ' The charger was last seen 8 min ago. 3.8 kW is kept free for it.',
      ],
    ])('%s', (_, changed, more) => {
      const state = portState(facts({ lockOut, ...changed }))
      expect(state).toMatchObject({ mark: 'off', word: 'Locked out', needsAction: false, act: null })
      expect(plain(state.why)).toBe(`Locked out since 21:37 by Dana: Panel A. Nothing charges here until it is released.${more}`)
    })

    test('what draws all the same is told first, once a reading can know of it', () => {
      const state = portState(facts({ lockOut, powerW: 7000 }))
      expect(state).toMatchObject({ mark: 'critical', word: 'Locked out, still drawing', needsAction: true })
      expect(plain(state.why)).toBe(
        'Locked out since 21:37 by Dana: Panel A. 7 kW flow all the same: switch off at the breaker before anybody touches it.',
      )
      expect(portState(facts({ lockOut: { ...lockOut, since: instant(now - 60_000) }, powerW: 7000 })).word).toBe('Locked out')
    })

    test('what still draws there is told before anything else, at once where the charger was seen since not to obey', () => {
      const young = { ...lockOut, since: instant(now - 60_000) }
      for (const also of [{ status: 'faulted' as const }, { disobedientSince: now }, { heldReason: 'It draws more than its limit.' }])
        expect(portState(facts({ lockOut, powerW: 7000, ...also }))).toMatchObject({ mark: 'critical', word: 'Locked out, still drawing' })
      expect(portState(facts({ lockOut: young, powerW: 7000, disobedientSince: instant(now - 1000) })).mark).toBe('critical')
      expect(portState(facts({ lockOut: young, powerW: 7000, disobedientSince: instant(now - 90_000) })).mark).toBe('serious')
      // where nothing flows the fault, and that it did not obey, are what a person must see to
      expect(portState(facts({ lockOut, powerW: 0, status: 'faulted' })).word).toBe('Fault')
      expect(portState(facts({ lockOut, powerW: 0, disobedientSince: now })).word).toBe('Over its limit')
    })
  })

  test('an offline port says since when, and what is kept free for it', () => {
    const { why } = portState(facts({ online: false, seenAt: instant(now - 18 * 60_000), heldW: 3800, session: null }))
    expect(plain(why)).toBe('Last seen 18 min ago. 3.8 kW is kept free for it.')
  })

  test('a pause says until when', () => {
    const state = portState(facts({ status: 'pausedByCharger', acceptedW: 0, pausedUntil: instant('2025-11-19T00:45:00Z') }))
    expect(state.word).toBe('Paused by plan until 01:45')
  })

  test('a restart is offered where it helps and never after a ground fault', () => {
    expect(portState(facts({ status: 'faulted', errorCode: 'InternalError' })).act?.kind).toBe('restartCharger')
    expect(portState(facts({ status: 'faulted', errorCode: 'GroundFailure' })).act?.kind).toBe('openCharger')
  })
})
