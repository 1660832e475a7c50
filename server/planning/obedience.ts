import type { RecordedEvent } from '#lib/charging/event.ts'
import { HELD_DISOBEDIENT } from '#lib/planning/held.ts'
import { type Instant, latest, plus, seconds } from '#lib/time/instant.ts'
import { toleranceW } from '../fleet/effect.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { type Disobedience, disobedienceOf, setDisobedience, setPort } from '../store/site.ts'
import type { Reconciler } from './reconcile.ts'

const FLAG_MS = seconds(60)
const STOP_MS = seconds(30)
/** Readings come this often at least: an excess may be older than its first reading by so much. */
const BLIND_MS = seconds(20)
/** So many are asked for a reading in one go, and the next after so long (real ms): where hundreds draw too much, others are answered between. */
const ASKED_AT_ONCE = 20
const ASK_PAUSE_MS = 100

type Watched = {
  depotId: string
  chargerId: string
  port: number
  session: number | undefined
  goodAt: Instant | undefined
  /** Above its limit since. */
  overSince: Instant | undefined
  overW: number
  flaggedAt: Instant | undefined
  /** Told to stop, the last time. */
  stoppedAt: Instant | undefined
}

type Metered = Extract<RecordedEvent, { kind: 'metered' }>
const NOTHING: Map<string, Disobedience> = new Map()

export type Obedience = {
  recorded(events: RecordedEvent[]): Promise<void>
  /** Every few depot seconds. */
  tick(): Promise<void>
  /** A person lets it go. */
  forgive(portId: string): void
  close(): void
}

/**
 * Watches measured power against what each port may give. Above it for 60 s: flagged, its excess kept from the others.
 * 30 s more: stopped and out of use, and told so each 30 s while it goes on (source: spec "ocpp", The envelope).
 */
export function makeObedience(ctx: Ctx, reconciler: Pick<Reconciler, 'mayGiveW'>): Obedience {
  const ports = new Map<string, Watched>()
  let asking = false
  let closed = false

  const isNew = ({ portId, readings }: Metered) =>
    portId !== undefined &&
    !ports.has(portId) &&
    readings.some(({ at, powerW }) => powerW !== undefined && reconciler.mayGiveW(portId, at) !== undefined)

  const read = async (portId: string, event: Metered, before: Map<string, Disobedience>) => {
    for (const { at, powerW } of event.readings) {
      if (powerW === undefined) continue
      const limitW = reconciler.mayGiveW(portId, at)
      if (limitW === undefined) continue
      const watched = ports.get(portId) ?? remembered(event, before.get(portId))
      watched.session = event.session ?? watched.session
      ports.set(portId, watched)
      if (powerW <= limitW + toleranceW(limitW)) {
        watched.goodAt = at
        watched.overSince = undefined
        if (watched.flaggedAt !== undefined && watched.stoppedAt === undefined) await obeys(portId, watched)
      } else {
        watched.overSince ??= watched.goodAt === undefined ? at : latest(watched.goodAt, plus(at, -BLIND_MS))
        watched.overW = powerW - limitW
      }
    }
  }

  /** What was written down before this process began: a flag must not outlive the one who could take it back. */
  function remembered({ depotId, chargerId, port, session }: Metered, before: Disobedience | undefined): Watched {
    return {
      depotId,
      chargerId,
      port,
      session,
      goodAt: undefined,
      overSince: undefined,
      overW: 0,
      flaggedAt: before?.since,
      stoppedAt: before?.held === HELD_DISOBEDIENT ? before.since : undefined,
    }
  }

  async function obeys(portId: string, watched: Watched): Promise<void> {
    watched.flaggedAt = undefined
    await setDisobedience(ctx.db.prisma, watched.chargerId, null, 0)
    await say(watched, 'safety.obeys', portId, {})
    ctx.wakes.replan(watched.depotId, 'a charger follows its limit again')
  }

  async function flag(portId: string, watched: Watched, now: Instant): Promise<void> {
    watched.flaggedAt = now
    await setDisobedience(ctx.db.prisma, watched.chargerId, watched.overSince!, watched.overW)
    await say(watched, 'safety.disobedient', portId, { overW: watched.overW, since: watched.overSince })
    ctx.log.warn({ chargerId: watched.chargerId, portId, overW: watched.overW }, 'a charger draws more than its limit')
    // the others make room at once; the plan follows
    ctx.wakes.reconcile(watched.chargerId)
    ctx.wakes.replan(watched.depotId, 'a charger does not follow its limit')
    ctx.feed.publish({ kind: 'changed', depotId: watched.depotId, what: 'alerts' })
  }

  async function stop(portId: string, watched: Watched): Promise<void> {
    const again = watched.stoppedAt !== undefined
    watched.stoppedAt = ctx.clock.now()
    if (!again) {
      await setPort(ctx.db.prisma, portId, { heldReason: HELD_DISOBEDIENT })
      await say(watched, 'safety.stopped', portId, { overW: watched.overW, since: watched.overSince })
    }
    const { chargerId, port } = watched
    if (watched.session !== undefined) await ctx.links.call(chargerId, { kind: 'remoteStop', sessionId: watched.session })
    const answer = await ctx.links.call(chargerId, { kind: 'availability', port, operative: false })
    if (answer.kind === 'accepted' && answer.detail !== 'scheduled')
      await setPort(ctx.db.prisma, portId, { inoperativeAt: new Date(ctx.clock.now()) })
    ctx.wakes.replan(watched.depotId, 'a charger was stopped')
  }

  const say = (watched: Watched, kind: string, subject: string, data: object) =>
    writeJournal(ctx.db.prisma, ctx.clock, {
      depotId: watched.depotId,
      actor: 'system',
      kind,
      subject,
      data: { chargerId: watched.chargerId, ...data },
    })

  return {
    async recorded(events) {
      const unknown = events.flatMap((event) => (event.kind === 'metered' && !event.late && isNew(event) ? [event.portId!] : []))
      const before = unknown.length > 0 ? await disobedienceOf(ctx.db.prisma, [...new Set(unknown)]) : NOTHING
      for (const event of events) {
        if (event.portId === undefined) continue
        if (event.kind === 'metered' && !event.late) await read(event.portId, event, before)
        if (event.kind === 'stopped' && !event.late) await ended(event.portId)
      }
    },
    async tick() {
      const now = ctx.clock.now()
      const asked = ask()
      for (const [portId, watched] of ports) {
        if (watched.overSince === undefined) continue
        if (watched.flaggedAt === undefined && now - watched.overSince >= FLAG_MS) await flag(portId, watched, now)
        else if (watched.flaggedAt !== undefined && now - latest(watched.stoppedAt ?? watched.flaggedAt, watched.overSince) >= STOP_MS)
          await stop(portId, watched)
      }
      await asked
    },
    forgive: (portId) => void ports.delete(portId),
    close() {
      closed = true
    },
  }

  /** Those that draw too much are asked for a reading: whether they obey meanwhile is not known otherwise. */
  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const over = [...ports.values()].filter(({ overSince }) => overSince !== undefined)
      for (let from = 0; from < over.length && !closed; from += ASKED_AT_ONCE) {
        if (from > 0) await new Promise((soon) => setTimeout(soon, ASK_PAUSE_MS))
        for (const { chargerId, port } of over.slice(from, from + ASKED_AT_ONCE))
          void ctx.links.call(chargerId, { kind: 'trigger', message: 'MeterValues', port }).catch(() => {})
      }
    } finally {
      asking = false
    }
  }

  async function ended(portId: string): Promise<void> {
    const watched = ports.get(portId)
    if (!watched) return
    watched.overSince = undefined
    watched.session = undefined
    if (watched.flaggedAt === undefined) return
    // what it drew too much is over; that it did so stays for a person to see
    await setDisobedience(ctx.db.prisma, watched.chargerId, watched.stoppedAt === undefined ? null : watched.flaggedAt, 0)
    ctx.wakes.replan(watched.depotId, 'a session of a charger that did not obey has ended')
    if (watched.stoppedAt === undefined) watched.flaggedAt = undefined
  }
}
