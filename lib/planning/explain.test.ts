import { expect, test } from 'vitest'
import { type Instant, instant } from '#lib/time/instant.ts'
import { clockTime } from '#lib/time/zone.ts'
import { type WattHours, watts } from '#lib/units/units.ts'
import { explain, explainShortfall, type Words } from './explain.ts'
import type { Cause, Reason, Remedy } from './plan-result.ts'

const at = (time: string): Instant => instant(`2026-11-24T${time}:00-05:00`)
const words: Words = {
  time: (moment) => clockTime(moment, 'America/New_York'),
  vehicle: (id) => `Van ${id}`,
  node: (id) => ({ b: 'feeder B' })[id] ?? id,
  price: (micro) => `$${(micro / 1e6).toFixed(2)}`,
}

test.each<[Reason, string]>([
  [{ kind: 'notPlugged' }, 'Not plugged in.'],
  [{ kind: 'notArrived', at: at('18:30') }, 'Expected at 18:30.'],
  [{ kind: 'done' }, 'Has what it needs.'],
  [{ kind: 'chargerOffline', port: 'C7-1' }, 'The charger at C7-1 cannot be reached; it follows the last limit it has.'],
  [
    { kind: 'waits', until: at('01:15'), because: [{ kind: 'earlierDepartures', vehicles: ['4', '9'], node: 'b' }] },
    'Waits: two vehicles leave earlier and feeder B is full; starts about 01:15.',
  ],
  [
    { kind: 'waits', until: at('00:00'), because: [{ kind: 'price', nowMicroPerKwh: 300_000, thenMicroPerKwh: 120_000 }] },
    'Waits: energy costs $0.30 now and $0.12 then; starts about 00:00.',
  ],
  [
    {
      kind: 'waits',
      because: [
        { kind: 'higherPriority', vehicles: ['4'], node: 'b' },
        { kind: 'lessSlack', vehicles: ['5'], node: 'b' },
      ],
    },
    'Waits: Van 4 goes first and feeder B is full, and Van 5 has less time to spare and feeder B is full; no time is found for it yet.',
  ],
  [
    { kind: 'charging', powerW: watts(19_200), limitedBy: { kind: 'port' }, until: at('02:15'), extraCostMicro: 0 },
    'Charges at 19.2 kW, as fast as the port can; done about 02:15.',
  ],
  [
    { kind: 'charging', powerW: watts(3_120), limitedBy: { kind: 'node', node: 'b' }, extraCostMicro: 0 },
    'Charges at 3.1 kW, reduced because feeder B is full.',
  ],
])('%o', (reason, sentence) => {
  expect(explain(reason, words)).toBe(sentence)
})

test.each<[Cause, Remedy[], string]>([
  [
    { kind: 'tooLittleTime', neededMinutes: 157, availableMinutes: 45 },
    [{ kind: 'departLater', at: at('19:40') }],
    'Will miss 30.8 kWh: it needs 2 h 37 min and has 45 min.',
  ],
  [{ kind: 'nodeFull', node: 'b' }, [{ kind: 'chargeFirst' }], 'Will miss 30.8 kWh: feeder B is full.'],
  [
    { kind: 'portPower', port: 'C7-1', maxW: watts(7_200) },
    [{ kind: 'useStrongerPort', minW: watts(15_000) }],
    'Will miss 30.8 kWh: C7-1 gives at most 7.2 kW.',
  ],
  [
    { kind: 'notPlugged' },
    [{ kind: 'plugIn', by: at('23:10') }],
    'Will miss 30.8 kWh: it is not plugged in. Plugging it in by 23:10 would help.',
  ],
  [
    { kind: 'chargerOffline', port: 'C7-1' },
    [{ kind: 'reconnectCharger', port: 'C7-1' }],
    'Will miss 30.8 kWh: the charger at C7-1 cannot be reached. Reconnecting the charger at C7-1 would help.',
  ],
  [
    { kind: 'outOfUse', port: 'C7-1', held: { why: 'unconfirmed' } },
    [{ kind: 'takeIntoUse', port: 'C7-1', held: { why: 'unconfirmed' } }],
    'Will miss 30.8 kWh: the charger at C7-1 is held until it confirms its fallback limit: the site has no room for its full power. The charger at C7-1 is released when it confirms its fallback limit.',
  ],
  [
    { kind: 'outOfUse', port: 'C7-1', held: { why: 'byPerson' } },
    [{ kind: 'takeIntoUse', port: 'C7-1', held: { why: 'byPerson' } }],
    'Will miss 30.8 kWh: the charger at C7-1 was taken out of use by a person. Take the charger at C7-1 back into use to go on.',
  ],
])('what nobody has tried is not told as a help: %o', (cause, remedies, sentence) => {
  expect(explainShortfall({ vehicle: '1', missingWh: 30_800 as WattHours, cause, remedies }, words)).toBe(sentence)
})
