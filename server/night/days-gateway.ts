import { type FleetDuty, type FleetVehicle, needOf } from '#lib/fleet/need.ts'
import { baseLoadCurve, type KnownLoad } from '#lib/planning/base-load.ts'
import type { LimitOutcome } from '#lib/planning/books.ts'
import { cautious } from '#lib/planning/cautious.ts'
import { constantCurve } from '#lib/planning/curve.ts'
import { curveFromSteps, type DepotFacts, stepsOf, ZERO } from '#lib/planning/depot-facts.ts'
import { depotInput, SLOT_MINUTES, slotsFor, wantedCurves } from '#lib/planning/depot-input.ts'
import { firstSlotAt, type PlanningInput } from '#lib/planning/input.ts'
import { loweredIn } from '#lib/planning/limit-hours.ts'
import type { Plan } from '#lib/planning/plan-result.ts'
import { type SteerAction, steer } from '#lib/planning/steer.ts'
import { lookAgainAt } from '#lib/planning/writes.ts'
import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import { amperes, type Watts } from '#lib/units/units.ts'
import { wantedFallbacks } from '../planning/wanted-fallbacks.ts'
import type { Steps } from './days-charger.ts'
import { factOf, hear, newPort, SKEW_MS, write } from './days-port.ts'
import { BATTERY_WH, CAPS, EFFICIENCY, type NodeName, PHASE_A, PORT_W, panelOf, type Signal, VANS, VOLTS, WH_PER_KM } from './days-world.ts'

// What the gateway knows of the depot, and its control loop: needs, plan, books and steering are the very functions that run in it. Where the
// real one has a database and sockets, this one has arrays and `send`.

export type Sent = { row: number; van: number; kind: 'fallback' | 'session'; session: number | undefined; steps: Steps }
export type Wire = {
  send(sent: Sent): void
  /** Out of use, or in use again; `answered`: whether it is out now. */
  hold(van: number, held: boolean, answered: (isOut: boolean) => void): void
}
export type Gateway = ReturnType<typeof makeGateway>

const NODES: { id: NodeName; parent?: NodeName }[] = [
  { id: 'service' },
  { id: 'panel-a', parent: 'service' },
  { id: 'panel-b', parent: 'service' },
]
/** Dear from 16:00 to 21:00; what a kW of the month's highest quarter hour costs. */
const priceAt = (at: Instant) => (new Date(at).getUTCHours() >= 16 && new Date(at).getUTCHours() < 21 ? 490_000 : 120_000)
const MICRO_PER_KW = 15_000_000

export function makeGateway(wire: Wire, { duties, foreseenW }: { duties: FleetDuty[]; foreseenW: (at: Instant) => Watts }) {
  const ports = Array.from({ length: VANS }, (_, i) => newPort(i + 1))
  const fleet = ports.map(({ van }): FleetVehicle & { plugged: boolean } => ({
    id: `van-${van}`,
    batteryWh: BATTERY_WH,
    maxW: PORT_W,
    phases: 1,
    efficiencyPermille: EFFICIENCY * 1000,
    whPerKm: WH_PER_KM,
    targetSocPct: 90,
    socPct: null,
    socAt: undefined,
    homePortId: `port-${van}`,
    priority: 0,
    priorityUntil: undefined,
    plugged: false,
  }))
  const measured = new Map<number, { w: number; at: Instant }>()
  const signals: Signal[] = []
  let [row, writes, peakW, previous] = [0, 0, 0, undefined as Plan | undefined]
  const port = (van: number) => ports[van - 1]!

  const facts = (now: Instant): DepotFacts => {
    const hour = Math.floor(now / hours(1)) * hours(1)
    const known = Array.from({ length: 51 }, (_, i): KnownLoad => {
      const startsAt = (hour + (i - 24) * hours(1)) as Instant
      const told = measured.get(startsAt)
      return { startsAt, minutes: 60, upperW: foreseenW(startsAt), measuredW: told?.w ?? null, measuredAt: told?.at }
    })
    const site = { volts: VOLTS, wiring: 'L-L' as const, stopped: false }
    const lowered = signals.filter(({ until }) => until > now)
    const nodes: DepotFacts['nodes'] = [
      ...NODES.map(({ id, parent }) => ({
        ...site,
        id,
        ...(parent ? { parent } : {}),
        name: id,
        limitW: CAPS[id] as Watts,
        ...(id === 'panel-a' ? { limitMa: amperes(PHASE_A) } : {}),
        ...(id === 'service' && lowered.length > 0 ? { limit: loweredIn(CAPS[id] as Watts, lowered) } : {}),
        baseLoad: id === 'service' ? baseLoadCurve(known, now) : ZERO,
      })),
      ...ports.map(({ van }) => ({
        ...site,
        id: `charger-${van}`,
        parent: panelOf(van),
        name: `Charger ${van}`,
        limitW: PORT_W as Watts,
        baseLoad: ZERO,
      })),
    ]
    const all = { now, skewMs: SKEW_MS, nodes, ports: ports.map((each) => factOf(each, now)) }
    return { ...all, ports: wantedFallbacks(all, 100) }
  }

  /** The planner's question as it stands. */
  const question = (now: Instant): PlanningInput => {
    const needs = fleet.map((vehicle) =>
      needOf(
        vehicle,
        duties.filter((duty) => duty.vehicleId === vehicle.id && duty.returnsAt > now - hours(1) && duty.departsAt < now + hours(96)),
        vehicle.plugged ? vehicle.homePortId! : undefined,
        now,
      ),
    )
    const slots = slotsFor(
      now,
      needs.map(({ departs }) => departs),
    )
    const from = firstSlotAt(now, SLOT_MINUTES)
    const asked = depotInput(facts(now), {
      needs,
      slots,
      prices: {
        microPerKwh: Array.from({ length: slots }, (_, t) => priceAt(plus(from, t * minutes(SLOT_MINUTES)))),
        demand: [{ microPerKw: MICRO_PER_KW, slots: new Array<boolean>(slots).fill(true), peakSoFarW: peakW as Watts }],
      },
      policy: 'cheapest',
      ...(previous ? { previous } : {}),
    })
    return cautious(asked)
  }

  /** A plan is in force: what each port should follow. */
  const follow = (made: Plan, now: Instant): void => {
    previous = made
    const curves = wantedCurves(
      made,
      now,
      ports.map(({ van, fallbackW }) => ({ id: `port-${van}`, fallbackW })),
    )
    for (const each of ports) each.wanted = { curve: curves.get(`port-${each.van}`)!, planId: 'plan' }
  }

  /** A pass: what is sent now is written down, then leaves. Says when to look again. */
  const pass = (now: Instant): Instant | undefined => {
    const known = facts(now)
    const { actions, waiting } = steer(known)
    for (const action of actions) carryOut(action, now)
    return lookAgainAt(actions.length > 0 ? facts(now) : known, waiting)
  }

  const carryOut = (action: SteerAction, now: Instant): void => {
    const each = port(Number(action.portId.slice('port-'.length)))
    if (action.kind === 'hold' || action.kind === 'release') {
      each.heldReason = action.kind === 'hold' ? 'held' : null
      wire.hold(each.van, action.kind === 'hold', (isOut) => {
        each.inoperative = isOut
      })
      return
    }
    row += 1
    const isLimit = action.kind === 'limit'
    const steps = isLimit ? stepsOf(action.curve, now) : [{ from: 0 as Instant, limitW: action.limitW }]
    const kind = isLimit ? 'session' : 'fallback'
    const session = isLimit ? action.sessionId : undefined
    const curve = isLimit ? curveFromSteps(steps) : constantCurve(action.limitW)
    if (isLimit) writes += 1
    write(each, { id: row, kind, sessionId: session ?? null, curve }, isLimit && action.safety, now)
    wire.send({ row, van: each.van, kind, session, steps })
  }

  return {
    question,
    follow,
    pass,
    port,
    /** Session limits that were written, safety too. */
    writes: () => writes,
    heard: (van: number, id: number, outcome: LimitOutcome, now: Instant): void => hear(port(van), id, outcome, now),
    started(van: number, session: number, now: Instant): void {
      const each = port(van)
      for (const open of each.open) each.ended.set(open, now)
      each.open = [session]
      each.inoperative = false
      fleet[van - 1]!.plugged = true
    },
    stopped(van: number, session: number, at: Instant): void {
      const each = port(van)
      each.open = each.open.filter((open) => open !== session)
      each.ended.set(session, at)
    },
    unplugged(van: number): void {
      fleet[van - 1]!.plugged = false
    },
    told(van: number, socPct: number, at: Instant): void {
      Object.assign(fleet[van - 1]!, { socPct, socAt: at })
    },
    signal: (signal: Signal) => void signals.push(signal),
    /** The site meter speaks; the highest of an hour is kept. Is it above what was foreseen? */
    meter(at: Instant, w: number): boolean {
      const hour = Math.floor(at / hours(1)) * hours(1)
      const before = measured.get(hour)
      const upperW = foreseenW(hour as Instant)
      const rises = w > Math.max(upperW, before?.w ?? 0)
      measured.set(hour, { w: w > upperW ? Math.max(w, before?.w ?? 0) : before && before.w > upperW ? before.w : w, at })
      return rises
    },
    peak: (quarterW: number) => {
      peakW = Math.max(peakW, Math.ceil(quarterW))
    },
  }
}
