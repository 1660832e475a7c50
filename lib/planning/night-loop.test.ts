import { describe, expect, test } from 'vitest'
import { type Instant, instant, minutes, plus } from '#lib/time/instant.ts'
import type { NightVan } from './night-depot.ts'
import { liveNight, type Minute } from './night-loop.ts'

const from = instant('2026-11-23T17:00:00Z')
const until = plus(from, minutes(15 * 60))
/** Fourteen vans: home 17:00–21:00, away 04:30–07:30, 20–75 kWh needed, the rest of the battery welcome. */
const vans: NightVan[] = Array.from({ length: 14 }, (_, i) => {
  const startWh = 28_000 + ((i * 29) % 14) * 2_500
  return {
    arrives: plus(from, minutes(((i * 5) % 14) * 17)),
    departs: plus(from, minutes(11.5 * 60 + ((i * 9) % 14) * 13)),
    startWh,
    mustWh: startWh + 20_000 + ((i * 11) % 14) * 4_000,
  }
})
const baseKw = (at: Instant): number => 12 + ((Math.floor(at / minutes(60)) * 7) % 5) * 2
/** 0.51 until 21:00 and from 08:00, 0.23 between. */
const price = (at: Instant): number => (at >= plus(from, minutes(240)) && at < plus(from, minutes(900)) ? 230_000 : 510_000)
const night = (change: Partial<Parameters<typeof liveNight>[2]> = {}) =>
  liveNight(vans, { from, until }, { capKw: 105, baseKw, price, ...change })

const quiet = (minutes_: Minute[], i: number): boolean => minutes_.slice(Math.max(0, i - 1), i + 1).every(({ eventful }) => !eventful)

describe('a night of fourteen vans, planned every minute', () => {
  const lived = night()
  test('every van leaves with what it must have', () => {
    vans.forEach(({ mustWh }, i) => {
      expect(lived.atDepartureWh[i]).toBeGreaterThan(mustWh - 1_400)
    })
  })
  test('the envelope holds at every moment, and measured power stays under the cap but for the meter’s error', () => {
    for (const { over, measuredW, capW } of lived.minutes) {
      expect(over).toBe(false)
      expect(measuredW).toBeLessThanOrEqual(capW * 1.01)
    }
  })
  test('at most 25 limits are written to each charger, none for safety', () => {
    expect(Math.max(...lived.writes)).toBeLessThanOrEqual(25)
    expect(lived.safetyWrites.every((n) => n === 0)).toBe(true)
  })
  test('without a cause no set point of the next 30 minutes moves by more than one ampere', () => {
    let compared = 0
    lived.minutes.forEach((minute, i) => {
      if (i === 0 || !quiet(lived.minutes, i)) return
      const before = lived.minutes[i - 1]!.plan
      for (const { vehicle, powerW } of minute.plan.allocations) {
        const was = before.allocations.find((each) => each.vehicle === vehicle)
        if (!was) continue
        const shift = (minute.plan.from - before.from) / minutes(15)
        for (let t = 0; t < 2; t += 1) {
          const need = minute.input.needs.find(({ id }) => id === vehicle)!
          // a battery that is full is a cause
          if (need.energyWh + (need.extraWh ?? 0) < 6_000) continue
          compared += 1
          expect(
            Math.abs((powerW[t] ?? 0) - (was.powerW[t + shift] ?? 0)),
            `${vehicle} at ${new Date(minute.now).toISOString()} slot ${t}`,
          ).toBeLessThanOrEqual(240)
        }
      }
    })
    expect(compared).toBeGreaterThan(5_000)
  })
  test('needs come before welcome energy: nobody waits whose block would fit half an hour earlier were it not for the extras of others', () => {
    const waited = lived.minutes.filter((minute) => waitsBehindExtras(minute) > 0).length
    expect(waited).toBe(0)
  })
  test('few blocks: half of the vehicles have at most four periods, 19 of 20 at most six, none more than twelve', () => {
    const most = Math.max(...lived.minutes.flatMap(({ plan }) => plan.allocations.map(({ periods }) => periods.length)))
    expect(most).toBeLessThanOrEqual(12)
    const all = lived.minutes.flatMap(({ plan }) => plan.allocations.map(({ periods }) => periods.length)).toSorted((a, b) => a - b)
    expect(all[Math.floor(all.length * 0.5)]).toBeLessThanOrEqual(4)
    expect(all[Math.floor(all.length * 0.95)]).toBeLessThanOrEqual(6)
  })
})

/** How many vehicles could have their block two slots earlier in free room and the room of others' extras. */
function waitsBehindExtras({ input, plan }: Minute): number {
  const port = (id: string) => input.ports.find((each) => each.id === id)!
  const price = input.prices.microPerKwh
  const needed = plan.allocations.map(({ vehicle, powerW }) => {
    const need = input.needs.find(({ id }) => id === vehicle)!
    // what comes sooner at a worse price is welcome energy: the need has the best slots of the vehicle
    let left = need.energyWh / need.efficiency
    const mine = powerW.map(() => 0)
    const byPrice = powerW.map((_, t) => t).toSorted((a, b) => price[a]! - price[b]! || a - b)
    for (const t of byPrice) {
      if (left <= 1) break
      const spanMs = Math.min(plan.from + (t + 1) * minutes(15), need.departs) - Math.max(plan.from + t * minutes(15), input.now)
      mine[t] = powerW[t]!
      left -= (powerW[t]! * Math.max(0, spanMs)) / 3_600_000
    }
    return mine
  })
  const service = input.nodes.find(({ parent }) => parent === undefined)!
  return plan.allocations.filter(({ port: at }, v) => {
    const row = needed[v]!
    const start = row.findIndex((w) => w > 0)
    if (start < 2) return false
    const shifted = row.slice(2)
    return shifted.every((w, t) => {
      if (w === 0) return true
      const others = needed.reduce((sum, other, u) => sum + (u === v ? 0 : other[t]!), 0)
      return w <= port(at).maxW && others + w + (service.baseLoadW?.[t] ?? 0) <= service.limitW[t]! && price[t]! <= price[t + 2]!
    })
  }).length
}
