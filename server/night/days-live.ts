import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { hours, type Instant, minutes, plus } from '#lib/time/instant.ts'
import { seeded } from '../judge/seeded.ts'
import { makeAgenda } from './days-agenda.ts'
import { type Charger, drawsW, newCharger } from './days-charger.ts'
import { makeFaults, type News } from './days-faults.ts'
import { type Gateway, makeGateway } from './days-gateway.ts'
import type { Flowed, Outcome } from './days-hindsight.ts'
import { type Known, makeEnvelopeJudge, makeWireJudge } from './days-judge.ts'
import { makeDaysPlanner, type PlanCounts } from './days-planner.ts'
import { makeWire, type WireCounts } from './days-wire.ts'
import { BATTERY_WH, CARRIES, type Days, EFFICIENCY, FROM, nightOf, partOn, type Stay, VANS } from './days-world.ts'

export type Lived = {
  envelope: ReturnType<typeof makeEnvelopeJudge>
  wires: ReturnType<typeof makeWireJudge>
  outcomes: Outcome[]
  flowed: Flowed
  counts: PlanCounts & WireCounts
  /** Limits written to a charger within 24 hours, outside safety: the most; and all that were written, safety too. */
  mostWrites: number
  writes: number
  news: News[]
}

const QUARTER = minutes(15)
const MINUTE = minutes(1)
/** What is told above its forecast may go on for an hour; the books have a minute of it to follow. */
const GOES_ON_MS = minutes(59)
/** The clock asks for a plan so often. */
const ROUTINE = minutes(5)

/** Lives days event by event, as fast as the machine can. */
export function liveDays(days: Days, seed: number): Lived {
  const random = seeded(seed + 1)
  const agenda = makeAgenda(FROM)
  const { now, after, when } = agenda
  const chargers = Array.from({ length: VANS }, (_, i) => newCharger(i + 1, random.whole(-3_000, 3_000)))
  const charger = (van: number) => chargers[van - 1]!
  const outcomes: Outcome[] = []
  const quarters = Math.ceil((days.until - FROM) / QUARTER) + 1
  const flowed: Flowed = {
    portWh: chargers.map(() => new Array<number>(quarters).fill(0)),
    buildingWh: new Array<number>(quarters).fill(0),
  }
  const came = new Map<Stay, number>()
  const heardSignals: Days['signals'] = []
  const news: News[] = []
  /** What the site's meter told above what was foreseen, and until when each of it counts. */
  let told: { w: number; until: Instant }[] = []
  let [buildingW, isSilent, lookAt, mostWrites, session] = [days.buildingW(FROM), false, undefined as Instant | undefined, 0, 0]
  const envelope = makeEnvelopeJudge(VANS)
  const wires = makeWireJudge((line, at) => (line === 'service' ? days.serviceW(at) : CARRIES[line]))

  const outOfUse = (at: Charger, is: boolean) => {
    at.out = is
    envelope.outOfUse(at.van, is)
    if (!is && at.plugged && at.session === undefined && at.online) begin(at)
  }
  const wire = makeWire(agenda, random, charger, envelope, {
    heard({ van, row }, outcome) {
      gateway.heard(van, row, outcome, now())
      pass()
    },
    outOfUse,
  })
  const gateway: Gateway = makeGateway(
    {
      send: wire.send,
      hold: (van, held, answered) =>
        wire.hold(van, held, (isOut) => {
          answered(isOut)
          pass()
        }),
    },
    { duties: days.duties.map((duty) => ({ ...duty, vehicleId: `van-${duty.van}` })), foreseenW: days.foreseenW },
  )
  const pass = () => {
    const again = gateway.pass(now())
    envelope.look(now(), known())
    if (again !== undefined && (lookAt === undefined || again < lookAt || lookAt <= now())) {
      lookAt = again
      when(again, pass)
    }
  }
  const planner = makeDaysPlanner({
    ask: () => gateway.question(now()),
    follow(made) {
      gateway.follow(made, now())
      pass()
    },
    after,
    // every other night a machine that has other work: the refined plan comes when other things have happened
    tookMs: () => (nightOf(now()) % 2 === 0 ? 80 : random.whole(500, 20_000)),
  })
  const { event } = planner

  const known = (): Known => {
    const hour = Math.floor(now() / hours(1)) * hours(1)
    const serviceW = (at: Instant) =>
      heardSignals.reduce((w, { from, until, limitW }) => (at >= from && at < until ? Math.min(w, limitW) : w), CARRIES.service)
    return {
      limit: (line, at) => (line === 'service' ? serviceW(at) : CARRIES[line]),
      base: (line, at) =>
        line === 'service' ? Math.max(days.foreseenW(at), ...told.flatMap(({ w, until }) => (at < until ? [w] : []))) : 0,
      turns: [
        ...Array.from({ length: 30 }, (_, i) => (hour + i * hours(1)) as Instant),
        ...heardSignals.flatMap(({ from, until }) => [from, until]),
        ...told.map(({ until }) => until),
      ],
    }
  }

  // ---------------------------------------------------------------- vans

  const begin = (at: Charger) => {
    session += 1
    at.session = session
    gateway.started(at.van, session, now())
  }
  const end = (at: Charger) => {
    if (at.session === undefined) return
    gateway.stopped(at.van, at.session, now())
    envelope.ended(at.session, now())
    Object.assign(at, { session: undefined, limit: undefined, lag: undefined })
  }
  const soc = (at: Charger) => Math.round((at.storedWh / BATTERY_WH) * 100)
  const arrives = (stay: Stay) => {
    const at = charger(stay.van)
    at.storedWh = Math.max(BATTERY_WH * 0.05, at.storedWh - stay.usedWh)
    came.set(stay, at.storedWh)
    at.plugged = true
    gateway.told(at.van, soc(at), now())
    if (at.online && !at.out) begin(at)
    event()
  }
  const leaves = (stay: Stay) => {
    const at = charger(stay.van)
    outcomes.push({ stay, cameWh: came.get(stay)!, leftWh: at.storedWh })
    end(at)
    Object.assign(at, { plugged: false, obeys: true })
    // a person lets one go that did not obey: it is in use again when there is room for all that it may give
    Object.assign(gateway.port(at.van), { ...(at.out ? { heldReason: HELD_FOR_SAFETY } : {}), extraW: 0 })
    gateway.unplugged(at.van)
    event()
  }

  // ---------------------------------------------------------------- the site's meter, and time

  const meter = () => {
    if (isSilent) return
    const w = days.buildingW(now())
    const isAbove = w > days.foreseenW(now())
    // what goes on as it was told, or was foreseen, is no news
    if (w > known().base('service', now())) news.push({ kind: 'building', at: now() })
    // what is told as usual again is as it was foreseen
    told = isAbove ? [...told.filter(({ until }) => until > now()), { w, until: plus(now(), GOES_ON_MS) }] : []
    if (gateway.meter(now(), w)) event()
    // the gateway plans and passes each minute: a building that goes on above its forecast may do so for an hour from now on
    else if (isAbove) pass()
  }
  const faults = makeFaults({
    ...{ agenda, random, gateway, envelope, event, pass, begin, end, outOfUse, meter },
    news: (kind) => void news.push({ kind, at: now() }),
    silence: (is) => {
      isSilent = is
    },
  })
  const minute = () => {
    buildingW = days.buildingW(now())
    meter()
    for (const at of chargers) if (at.plugged && (now() / MINUTE + at.van) % 5 === 0) gateway.told(at.van, soc(at), now())
    mostWrites = Math.max(mostWrites, ...chargers.map(({ van }) => gateway.port(van).writes.length))
    if (now() % QUARTER === 0) gateway.peak(wires.lastQuarterW())
    if (now() % ROUTINE === 0) {
      if (chargers.some(({ plugged }) => plugged)) planner.routine()
      else envelope.look(now(), known())
    }
    after(MINUTE, minute)
  }
  const flow = (from: Instant, to: Instant): Instant => {
    // within whole quarters of an hour, so that each mean is its own
    const until = Math.min(to, (Math.floor(from / QUARTER) + 1) * QUARTER) as Instant
    const powers = chargers.map((at) => drawsW(at, from))
    wires.flows(from, until, (line) => powers.reduce((sum, w, i) => sum + w * partOn(line, i + 1), line === 'service' ? buildingW : 0))
    const spanH = (until - from) / hours(1)
    const quarter = Math.floor((from - FROM) / QUARTER)
    flowed.buildingWh[quarter]! += buildingW * spanH
    for (const [i, w] of powers.entries()) {
      flowed.portWh[i]![quarter]! += w * spanH
      const at = chargers[i]!
      at.storedWh = Math.min(BATTERY_WH, at.storedWh + w * spanH * EFFICIENCY)
    }
    return until
  }

  for (const stay of days.stays) {
    when(stay.arrives, () => arrives(stay))
    when(stay.departs, () => leaves(stay))
  }
  for (const { kind, van, from, until } of days.faults) {
    for (const [at, what] of [[from, 'begins'] as const, [until, 'ends'] as const])
      when(at, () => {
        buildingW = days.buildingW(now())
        faults[kind][what](charger(van))
      })
  }
  for (const signal of days.signals)
    when(signal.toldAt, () => {
      heardSignals.push(signal)
      news.push({ kind: 'signal', at: now() })
      gateway.signal(signal)
      event()
    })
  // chargers turn from one step of a profile to the next by clocks that are wrong
  for (let at = plus(FROM, QUARTER); at < days.until; at = plus(at, QUARTER))
    for (const { clockMs } of chargers) when(plus(at, clockMs), () => {})
  when(FROM, () => {
    event()
    minute()
  })
  agenda.live(days.until, flow)
  wires.close()
  return { envelope, wires, outcomes, flowed, counts: { ...planner.counts, ...wire.counts }, mostWrites, writes: gateway.writes(), news }
}
