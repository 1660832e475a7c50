import { type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { energyOver, kilowatts, watts } from '#lib/units/units.ts'
import { constantCurve, valueAt } from './curve.ts'
import type { DepotFacts } from './depot-facts.ts'
import { depotInput, slotsFor, wantedCurves } from './depot-input.ts'
import type { Need, PlanningInput } from './input.ts'
import { BATTERY_WH, baseCurve, FULL_W, type NightVan, needOf, portOf, TARGET_WH } from './night-depot.ts'
import { plan } from './plan.ts'
import type { Plan } from './plan-result.ts'
import { pruned, SETTLE_MS } from './port-holding.ts'
import { steer } from './steer.ts'

// For tests only: a night of a depot in pure code. Plans each minute and at events, steers, and has chargers that accept at once.

export type NightChange = { at: Instant; capKw?: number; baseKw?: number }
/** One minute as it was. `planned`: W per slot by vehicle; `eventful`: something real happened in it. */
export type Minute = {
  now: Instant
  input: PlanningInput
  plan: Plan
  measuredW: number
  setW: number[]
  capW: number
  eventful: boolean
  over: boolean
}
export type Night = {
  minutes: Minute[]
  writes: number[]
  safetyWrites: number[]
  /** Periods that its charger would still have held, of the limit with the fewest. */
  sparePeriods: number
  storedWh: number[]
  atDepartureWh: (number | undefined)[]
}

/** The same numbers in [0, 1) for the same seed. */
const randomOf = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

export function liveNight(
  vans: NightVan[],
  span: { from: Instant; until: Instant },
  {
    capKw,
    baseKw,
    price,
    maxPeriods = () => 24,
    changes = [],
    seed = 7,
  }: {
    capKw: number
    baseKw: (at: Instant) => number
    price: (at: Instant) => number
    maxPeriods?: (port: number) => number
    changes?: NightChange[]
    seed?: number
  },
): Night {
  const random = randomOf(seed)
  const stored = vans.map(({ startWh }) => startWh)
  const told = [...stored]
  const here = vans.map(() => false)
  const atDeparture: (number | undefined)[] = vans.map(() => undefined)
  const ports = vans.map((_, i) => portOf(i, maxPeriods(i)))
  const writes = vans.map(() => 0)
  const safetyWrites = vans.map(() => 0)
  const out: Minute[] = []
  let previous: Plan | undefined
  let [cap, base] = [capKw, 0]
  let sequence = 0
  let spare = Number.POSITIVE_INFINITY
  for (let now = span.from; now < span.until; now = plus(now, minutes(1))) {
    let eventful = now === span.from
    for (const change of changes.filter(({ at }) => at === now)) {
      cap = change.capKw ?? cap
      base = change.baseKw ?? base
      eventful = true
    }
    vans.forEach((van, i) => {
      const is = van.arrives <= now && now < van.departs
      if (is === here[i]) return
      eventful = true
      here[i] = is
      ports[i] = { ...ports[i]!, sessions: is ? [i + 1] : [], limits: [], limitTries: { failures: 0, lastSentAt: undefined } }
      if (!is) atDeparture[i] = stored[i]
    })
    const nodes: DepotFacts['nodes'] = [
      {
        id: 'service',
        name: 'Grid connection',
        limitW: kilowatts(cap),
        baseLoad: baseCurve(span, (at) => baseKw(at) + base),
        volts: 240,
        wiring: 'L-L',
        stopped: false,
      },
      ...vans.map((_, i) => ({
        id: `charger-${i}`,
        parent: 'service',
        name: `Charger ${i}`,
        limitW: FULL_W,
        baseLoad: constantCurve(watts(0)),
        volts: 240,
        wiring: 'L-L' as const,
        stopped: false,
      })),
    ]
    const facts = (at: Instant): DepotFacts => ({ now: at, skewMs: seconds(5), nodes, ports })
    // a telematics message tells the charge now and then, in whole per cents
    vans.forEach((_, i) => {
      if (random() < 0.2) told[i] = Math.round((stored[i]! / BATTERY_WH) * 100) * (BATTERY_WH / 100)
    })
    const needs = vans.flatMap((van, i): Need[] => (here[i] ? [needOf(van, i, told[i]!, now)] : []))
    const slots = slotsFor(
      now,
      needs.map(({ departs }) => departs),
    )
    const microPerKwh = Array.from({ length: slots }, (_, t) => price(plus(now, t * minutes(15) - (now % minutes(15)))))
    const input = depotInput(facts(now), {
      needs,
      slots,
      prices: { microPerKwh, demand: [] },
      policy: 'cheapest',
      ...(previous ? { previous } : {}),
    })
    const made = plan(input)
    previous = made
    for (const [id, curve] of wantedCurves(
      made,
      now,
      ports.map(({ id }) => ({ id, fallbackW: watts(0) })),
    )) {
      const i = ports.findIndex((port) => port.id === id)
      ports[i] = { ...ports[i]!, wanted: { curve, planId: 'p' } }
    }
    let over = false
    // passes: now, and when cuts have settled
    for (const late of [0, SETTLE_MS, 2 * SETTLE_MS]) {
      const at = plus(now, late)
      const steering = steer(facts(at))
      over ||= steering.overCap && !changes.some((change) => change.at === now)
      for (const action of steering.actions) {
        if (action.kind !== 'limit') throw new Error(`unforeseen ${action.kind}`)
        const i = ports.findIndex(({ id }) => id === action.portId)
        if (action.safety) safetyWrites[i]! += 1
        else writes[i]! += 1
        spare = Math.min(spare, ports[i]!.maxPeriods - 1 - action.curve.steps.filter(({ from }) => from > at).length)
        const sent = {
          sequence: ++sequence,
          curve: action.curve,
          sentAt: at,
          outcome: 'accepted' as const,
          acceptedAt: at,
          countsAt: plus(at, SETTLE_MS),
          sessionId: action.sessionId,
        }
        ports[i] = {
          ...ports[i]!,
          limits: [...ports[i]!.limits, sent],
          limitTries: { failures: 0, lastSentAt: at },
          writesToday: writes[i]!,
        }
      }
      if (steering.actions.length === 0) break
    }
    const setW = ports.map(({ limits }) => (limits.length === 0 ? 0 : valueAt(limits.at(-1)!.curve, plus(now, seconds(30)))))
    let measuredW = Math.round((baseKw(now) + base) * 1000)
    ports.forEach((port, i) => {
      const room = TARGET_WH - stored[i]!
      const drawnW = here[i] && room > 0 ? setW[i]! : 0
      stored[i] = stored[i]! + energyOver(watts(drawnW), minutes(1)) * 0.92
      // the meter is never wrong in our favour by more than 1 %
      measuredW += Math.round(drawnW * (1 + (random() - 0.5) * 0.02))
      const keep = pruned(
        {
          portId: port.id,
          nodePath: [],
          nameplateW: FULL_W,
          fallbackConfirmed: true,
          fallbackW: watts(0),
          inoperative: false,
          extraW: watts(0),
          sent: port.limits,
        },
        plus(now, minutes(1)),
      )
      ports[i] = { ...ports[i]!, limits: port.limits.filter((limit) => keep.sent.some((each) => each.sequence === limit.sequence)) }
    })
    out.push({ now, input, plan: made, measuredW, setW, capW: cap * 1000, eventful, over })
  }
  return { minutes: out, writes, safetyWrites, sparePeriods: spare, storedWh: stored, atDepartureWh: atDeparture }
}
