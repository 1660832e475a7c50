import { type Instant, seconds } from '#lib/time/instant.ts'
import type { Seeded } from '../judge/seeded.ts'
import type { Agenda } from './days-agenda.ts'
import { allowsW, type Charger, drawsW } from './days-charger.ts'
import type { Gateway } from './days-gateway.ts'
import type { makeEnvelopeJudge } from './days-judge.ts'
import type { FaultKind } from './days-world.ts'

/** A dead socket is noticed by then. */
const DEAD_MS = seconds(45)
const READING_MS = seconds(20)

/** What nobody could know before: the books, and what flows, have a moment to follow it. */
export type News = { kind: 'signal' | 'building' | 'forgot' | 'disobeys'; at: Instant }

/** The depot in which things go wrong. */
export type Depot = {
  agenda: Agenda
  random: Seeded
  gateway: Gateway
  envelope: ReturnType<typeof makeEnvelopeJudge>
  /** Something happened that plans have to follow. */
  event(): void
  pass(): void
  /** A session begins, or ends, at a charger; it is out of use, or in use again. */
  begin(at: Charger): void
  end(at: Charger): void
  outOfUse(at: Charger, is: boolean): void
  news(kind: News['kind']): void
  /** The site's meter speaks, or is silent. */
  meter(): void
  silence(is: boolean): void
}

/** What each kind of fault does to a charger, or to the site, when it begins and when it ends. */
export function makeFaults(depot: Depot): Record<FaultKind, { begins(at: Charger): void; ends(at: Charger): void }> {
  const { agenda, random, gateway, envelope, event, pass, begin, end, outOfUse, news, meter, silence } = depot
  const { now, after } = agenda
  const nothing = () => {}

  const online = (at: Charger, is: boolean) => {
    at.online = is
    after(is ? 500 : DEAD_MS, () => {
      if (at.online !== is) return
      gateway.port(at.van).online = is
      // what began meanwhile is told now
      if (is && at.plugged && at.session === undefined && !at.out) begin(at)
      event()
    })
  }
  const reboots = (at: Charger, forgets: boolean) => {
    Object.assign(at, { booting: true, online: false })
    end(at)
    gateway.port(at.van).online = false
    if (forgets) at.fallbackW = undefined
    event()
    after(seconds(random.whole(20, 60)), () => {
      Object.assign(at, { booting: false, online: true })
      Object.assign(gateway.port(at.van), { online: true, bootedAt: now() })
      if (forgets) {
        news('forgot')
        envelope.forgot(at.van, now())
      }
      pass()
      // the driver shows the tag again, or the charger goes on by itself
      after(seconds(random.whole(5, 60)), () => {
        if (at.plugged && at.session === undefined) begin(at)
        event()
      })
    })
  }
  /** Readings each 20 s: above its limit for 60 s it is flagged, 30 s later stopped and out of use (server/planning/obedience.ts). */
  const watched = (at: Charger, since: Instant, flaggedAt?: Instant) => {
    if (at.obeys || at.session === undefined) return
    const port = gateway.port(at.van)
    const limitW = allowsW({ ...at, obeys: true }, now())
    const overW = drawsW(at, now()) - limitW
    const goodUntil = overW <= Math.max(limitW * 0.05, 500) ? now() : since
    if (flaggedAt === undefined && now() - goodUntil >= seconds(60)) {
      news('disobeys')
      port.extraW = Math.ceil(overW) as typeof port.extraW
      event()
      return after(seconds(10), () => watched(at, goodUntil, now()))
    }
    if (flaggedAt !== undefined && now() - flaggedAt >= seconds(30) && now() - goodUntil >= seconds(30)) {
      end(at)
      outOfUse(at, true)
      Object.assign(port, { heldReason: 'it draws more than its limit', inoperative: true, extraW: 0 })
      return event()
    }
    after(flaggedAt === undefined ? READING_MS : seconds(10), () => watched(at, goodUntil, flaggedAt))
  }

  return {
    offline: { begins: (at) => online(at, false), ends: (at) => online(at, true) },
    reboots: { begins: (at) => reboots(at, false), ends: nothing },
    forgets: { begins: (at) => reboots(at, true), ends: nothing },
    refuses: {
      begins: (at) => {
        at.refuses = true
      },
      ends: (at) => {
        at.refuses = false
      },
    },
    disobeys: {
      begins: (at) => {
        at.obeys = false
        watched(at, now())
      },
      ends: nothing,
    },
    losesMessages: {
      begins: (at) => {
        at.loss = 0.3
      },
      ends: (at) => {
        at.loss = 0.01
      },
    },
    meterLost: { begins: () => silence(true), ends: () => silence(false) },
    // the site's meter speaks each ten seconds while it changes
    baseJumps: { begins: () => after(seconds(10), meter), ends: nothing },
  }
}
