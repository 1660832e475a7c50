import { hours, type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { seeded } from '../judge/seeded.ts'
import { allowsW, type Charger, drawsW, newCharger } from './days-charger.ts'
import { type Gateway, makeGateway, type Sent } from './days-gateway.ts'
import type { Flowed, Outcome } from './days-hindsight.ts'
import { isUnder, type Known, makeEnvelopeJudge, makeWireJudge } from './days-judge.ts'
import { BATTERY_WH, CAPS, type Days, EFFICIENCY, type Fault, FROM, type NodeName, type Stay, VANS } from './days-world.ts'

export type Lived = {
  envelope: ReturnType<typeof makeEnvelopeJudge>
  wires: ReturnType<typeof makeWireJudge>
  outcomes: Outcome[]
  flowed: Flowed
  counts: { plans: number; sent: number; accepted: number; refused: number; lost: number; held: number }
  mostWrites: number
  /** When something was told that nobody could foresee: the envelope has a moment to follow it. */
  news: Instant[]
  /** When a charger was found not to obey. */
  flagged: Instant[]
}

const QUARTER = minutes(15)
const MINUTE = minutes(1)
const TIMEOUT_MS = seconds(30)
/** A dead socket is noticed by then. */
const DEAD_MS = seconds(45)
const READING_MS = seconds(20)

/** Lives days event by event, as fast as the machine can. */
export function liveDays(days: Days, seed: number): Lived {
  const random = seeded(seed + 1)
  const queue: { at: Instant; order: number; do: () => void }[] = []
  let [now, order, session] = [FROM, 0, 0]
  const chargers = Array.from({ length: VANS }, (_, i) => newCharger(i + 1, random.whole(-3_000, 3_000)))
  const charger = (van: number) => chargers[van - 1]!
  const counts = { plans: 0, sent: 0, accepted: 0, refused: 0, lost: 0, held: 0 }
  const outcomes: Outcome[] = []
  const quarters = Math.ceil((days.until - FROM) / QUARTER) + 1
  const flowed: Flowed = {
    portWh: chargers.map(() => new Array<number>(quarters).fill(0)),
    buildingWh: new Array<number>(quarters).fill(0),
  }
  const came = new Map<Stay, number>()
  const heardSignals: Days['signals'] = []
  const news: Instant[] = []
  const flags: Instant[] = []
  /** What the site meter told above what was foreseen, and until when it counts. */
  let told = { w: 0, until: FROM }
  let [buildingW, isMeterLost, lookAt, mostWrites] = [days.buildingW(FROM), false, undefined as Instant | undefined, 0]
  const envelope = makeEnvelopeJudge(VANS)
  const wires = makeWireJudge((node, at) => (node === 'service' ? days.serviceW(at) : CAPS[node]))

  const after = (ms: number, then: () => void) => when(plus(now, ms), then)
  const when = (at: Instant, then: () => void) => {
    let i = queue.length
    while (i > 0 && queue[i - 1]!.at > at) i -= 1
    queue.splice(i, 0, { at, order: order++, do: then })
  }

  // ---------------------------------------------------------------- messages

  const send = (sent: Sent) => {
    counts.sent += 1
    envelope.sent(sent.van, { id: sent.row, kind: sent.kind, session: sent.session, steps: sent.steps, sentAt: now })
    const sentAt = now
    after(random.whole(200, 2_000), () => {
      const at = charger(sent.van)
      const isLost = !at.online || at.booting || random.chance(at.loss)
      if (!isLost) {
        const refuses = at.refuses || (sent.kind === 'session' && sent.session !== at.session)
        if (!refuses) takes(at, sent)
        // the answer may be lost on its way
        if (!random.chance(at.loss / 2)) return after(random.whole(100, 1_000), () => heard(sent, refuses ? 'refused' : 'accepted'))
      }
      counts.lost += 1
      when(plus(sentAt, TIMEOUT_MS), () => heard(sent, 'timeout'))
    })
  }
  const takes = (at: Charger, { kind, session: of, steps }: Sent) => {
    // it may go on for a while with what it did
    if (kind === 'fallback') at.fallbackW = steps[0]!.limitW
    else {
      if (!at.lag || at.lag.until <= now) at.lag = { was: at.limit, until: plus(now, random.whole(0, 9_000)) }
      at.limit = { session: of!, steps }
      when(at.lag.until, () => {})
    }
  }
  const heard = ({ van, row }: Sent, outcome: 'accepted' | 'refused' | 'timeout') => {
    if (outcome !== 'timeout') {
      counts[outcome] += 1
      envelope.heard(van, row, outcome, now)
    }
    gateway.heard(van, row, outcome, now)
    pass()
  }
  const wire = {
    send,
    // one that is charging goes on until its session ends
    hold: (van: number, held: boolean, answered: (isOut: boolean) => void) => {
      counts.held += held ? 1 : 0
      after(1_000, () => {
        outOfUse(charger(van), held && charger(van).session === undefined)
        answered(charger(van).out)
        pass()
      })
    },
  }
  const outOfUse = (at: Charger, is: boolean) => {
    at.out = is
    envelope.outOfUse(at.van, is)
  }
  const gateway: Gateway = makeGateway(wire, {
    duties: days.duties.map((duty) => ({ ...duty, vehicleId: `van-${duty.van}` })),
    foreseenW: days.foreseenW,
  })
  const pass = () => {
    const again = gateway.pass(now)
    look()
    if (again !== undefined && (lookAt === undefined || again < lookAt || lookAt <= now)) {
      lookAt = again
      when(again, pass)
    }
  }
  const replan = () => {
    counts.plans += 1
    gateway.replan(now)
    pass()
  }

  // ---------------------------------------------------------------- vans

  const begin = (at: Charger) => {
    session += 1
    at.session = session
    gateway.started(at.van, session, now)
  }
  const end = (at: Charger) => {
    if (at.session === undefined) return
    gateway.stopped(at.van, at.session, now)
    envelope.ended(at.session)
    at.session = undefined
    at.limit = undefined
    at.lag = undefined
  }
  const soc = (at: Charger) => Math.round((at.storedWh / BATTERY_WH) * 100)
  const arrives = (stay: Stay) => {
    const at = charger(stay.van)
    at.storedWh = Math.max(BATTERY_WH * 0.05, at.storedWh - stay.usedWh)
    came.set(stay, at.storedWh)
    at.plugged = true
    gateway.told(at.van, soc(at), now)
    if (at.online && !at.out) begin(at)
    replan()
  }
  const leaves = (stay: Stay) => {
    const at = charger(stay.van)
    outcomes.push({ stay, cameWh: came.get(stay)!, leftWh: at.storedWh })
    end(at)
    at.plugged = false
    at.obeys = true
    outOfUse(at, false)
    Object.assign(gateway.port(at.van), { heldReason: null, inoperative: false, extraW: 0 })
    gateway.unplugged(at.van)
    replan()
  }

  // ---------------------------------------------------------------- what goes wrong

  const online = (at: Charger, is: boolean) => {
    at.online = is
    after(is ? 500 : DEAD_MS, () => {
      if (at.online !== is) return
      gateway.port(at.van).online = is
      // what began meanwhile is told now
      if (is && at.plugged && at.session === undefined && !at.out) begin(at)
      replan()
    })
  }
  const reboots = (at: Charger, forgets: boolean) => {
    at.booting = true
    at.online = false
    end(at)
    gateway.port(at.van).online = false
    if (forgets) at.fallbackW = undefined
    replan()
    after(seconds(random.whole(20, 60)), () => {
      Object.assign(at, { booting: false, online: true })
      Object.assign(gateway.port(at.van), { online: true, bootedAt: now })
      if (forgets) {
        news.push(now)
        envelope.forgot(at.van, now)
      }
      pass()
      // the driver shows the tag again, or the charger goes on by itself
      after(seconds(random.whole(5, 60)), () => {
        if (at.plugged && at.session === undefined) begin(at)
        replan()
      })
    })
  }
  /** Readings each 20 s: above its limit for 60 s it is flagged, 30 s later stopped and out of use (server/planning/obedience.ts). */
  const watched = (at: Charger, since: Instant, flagged = false) => {
    if (at.obeys || at.session === undefined) return
    const port = gateway.port(at.van)
    const limitW = allowsW({ ...at, obeys: true }, now)
    const overW = drawsW(at, now) - limitW
    if (overW <= Math.max(limitW * 0.05, 500)) since = now
    if (!flagged && now - since >= seconds(60)) {
      flags.push(now)
      flagged = true
      port.extraW = Math.ceil(overW) as typeof port.extraW
      replan()
    } else if (flagged && now - since >= seconds(90)) {
      end(at)
      outOfUse(at, true)
      Object.assign(port, { heldReason: 'it draws more than its limit', inoperative: true, extraW: 0 })
      replan()
      return
    }
    after(flagged ? seconds(10) : READING_MS, () => watched(at, since, flagged))
  }
  const begins: Record<Fault['kind'], (at: Charger, fault: Fault) => void> = {
    offline: (at) => online(at, false),
    reboots: (at) => reboots(at, false),
    forgets: (at) => reboots(at, true),
    refuses: (at) => {
      at.refuses = true
    },
    disobeys: (at) => {
      at.obeys = false
      watched(at, now)
    },
    losesMessages: (at) => {
      at.loss = 0.3
    },
    meterLost: () => {
      isMeterLost = true
    },
    // the site meter speaks each ten seconds while it changes
    baseJumps: () => after(seconds(10), meter),
  }
  const ends: Record<Fault['kind'], (at: Charger) => void> = {
    offline: (at) => online(at, true),
    reboots: () => {},
    forgets: () => {},
    refuses: (at) => {
      at.refuses = false
    },
    disobeys: () => {},
    losesMessages: (at) => {
      at.loss = 0.01
    },
    meterLost: () => {
      isMeterLost = false
    },
    baseJumps: () => {},
  }
  const meter = () => {
    if (isMeterLost) return
    const w = days.buildingW(now)
    const rose = gateway.meter(now, w)
    if (w > days.foreseenW(now)) news.push(now)
    // what is told as usual again is as it was foreseen
    told = w > days.foreseenW(now) ? { w: Math.max(w, now < told.until ? told.w : 0), until: plus(now, hours(1)) } : { w: 0, until: FROM }
    if (rose) replan()
  }

  // ---------------------------------------------------------------- time

  const look = () => envelope.look(now, known())
  const known = (): Known => {
    const hour = Math.floor(now / hours(1)) * hours(1)
    return {
      capW: (node, at) => {
        if (node !== 'service') return CAPS[node]
        return heardSignals.reduce<number>(
          (w, { from, until, limitW }) => (at >= from && at < until ? Math.min(w, limitW) : w),
          CAPS.service,
        )
      },
      baseW: (node, at) => (node === 'service' ? Math.max(days.foreseenW(at), at < told.until && now < told.until ? told.w : 0) : 0),
      turns: [
        ...Array.from({ length: 20 }, (_, i) => (hour + i * hours(1)) as Instant),
        ...heardSignals.flatMap(({ from, until }) => [from, until]),
      ],
    }
  }
  const minute = () => {
    buildingW = days.buildingW(now)
    meter()
    for (const at of chargers) if (at.plugged && (now / MINUTE + at.van) % 5 === 0) gateway.told(at.van, soc(at), now)
    mostWrites = Math.max(mostWrites, ...chargers.map(({ van }) => gateway.port(van).writes.length))
    if (now % QUARTER === 0) gateway.peak(wires.lastQuarterW())
    if (now % minutes(5) === 0) {
      if (chargers.some(({ plugged }) => plugged)) replan()
      else look()
    }
    if (plus(now, MINUTE) < days.until) after(MINUTE, minute)
  }
  const flow = (until: Instant) => {
    const powers = chargers.map((at) => drawsW(at, now))
    wires.flows(now, until, (node: NodeName) =>
      powers.reduce((sum, w, i) => sum + (isUnder(i + 1, node) ? w : 0), node === 'service' ? buildingW : 0),
    )
    const spanH = (until - now) / hours(1)
    const quarter = Math.floor((now - FROM) / QUARTER)
    flowed.buildingWh[quarter]! += buildingW * spanH
    for (const [i, w] of powers.entries()) {
      flowed.portWh[i]![quarter]! += w * spanH
      const at = chargers[i]!
      at.storedWh = Math.min(BATTERY_WH, at.storedWh + w * spanH * EFFICIENCY)
    }
  }

  for (const stay of days.stays) {
    when(stay.arrives, () => arrives(stay))
    when(stay.departs, () => leaves(stay))
  }
  for (const fault of days.faults) {
    when(fault.from, () => {
      buildingW = days.buildingW(now)
      begins[fault.kind](charger(fault.van), fault)
    })
    when(fault.until, () => {
      buildingW = days.buildingW(now)
      ends[fault.kind](charger(fault.van))
    })
  }
  for (const signal of days.signals)
    when(signal.toldAt, () => {
      heardSignals.push(signal)
      news.push(now)
      gateway.signal(signal)
      replan()
    })
  // chargers turn from one step of a profile to the next by clocks that are wrong
  for (let at = plus(FROM, QUARTER); at < days.until; at = plus(at, QUARTER))
    for (const { clockMs } of chargers) when(plus(at, clockMs), () => {})
  when(FROM, () => {
    minute()
    replan()
  })
  while (queue.length > 0) {
    const next = queue.shift()!
    if (next.at >= days.until) break
    // within whole quarters of an hour, so that each mean is its own
    while (now < next.at) {
      const until = Math.min(next.at, (Math.floor(now / QUARTER) + 1) * QUARTER) as Instant
      flow(until)
      now = until
    }
    next.do()
  }
  return { envelope, wires, outcomes, flowed, counts, mostWrites, news, flagged: flags }
}
