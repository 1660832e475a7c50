import { notFound } from '#lib/api/problem.ts'
import type { ChargingEvent, RecordedEvent } from '#lib/charging/event.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import { writePresence } from '../store/presence.ts'
import { makeTogether } from '../store/together.ts'
import { isCollision } from '../store/unavailable.ts'
import { type Commit, commitEvents } from './record.ts'
import type { RecordCtx } from './recording.ts'

type Coming = Extract<ChargingEvent, { kind: 'connected' }>
type Going = Extract<ChargingEvent, { kind: 'disconnected' }>
type Change = { chargerId: string; event: Coming | Going; receivedAt: Instant }

/**
 * Commits events of one charger as `commitEvents` does; its coming and going with those of others, in one statement: 10,000 that come back at
 * once after a restart cost some dozens of commits. A charger's own changes are handed over one after the other (server/ocpp/endpoint.ts).
 */
export function makePresence(ctx: RecordCtx): (chargerId: string, events: ChargingEvent[]) => Promise<Commit> {
  const together = makeTogether(async (changes: Change[]) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const depots = await writePresence(ctx.db.pool, changes.map(rowOf))
        return changes.map((change) => ({ change, depotId: depots.get(change.chargerId) }))
      } catch (error) {
        if (attempt >= 4 || !isCollision(error)) throw error
      }
    }
  }, GATHERED)

  const rowOf = ({ chargerId, event, receivedAt }: Change) => ({
    id: chargerId,
    at: iso(receivedAt),
    real_at: iso(ctx.clock.real()),
    come: event.kind === 'connected',
    profile: event.kind === 'connected' ? (event.link?.profile ?? null) : null,
    tls: event.kind === 'connected' ? (event.link?.tlsVersion ?? null) : null,
    certificate_ends_at:
      event.kind === 'connected' && event.link?.certificateEndsAt != null ? new Date(event.link.certificateEndsAt).toISOString() : null,
    linked: event.kind === 'connected' && event.link !== undefined,
    data:
      event.kind === 'connected'
        ? { address: event.address, ...(event.link && { profile: event.link.profile, tls: event.link.tlsVersion }) }
        : { code: event.code },
  })

  return async (chargerId, events) => {
    const [event, ...more] = events
    if (more.length > 0 || !isPresence(event)) return commitEvents(ctx, chargerId, events)
    const receivedAt = ctx.clock.now()
    const { depotId } = await together({ chargerId, event, receivedAt })
    if (depotId === undefined) throw notFound('charger', chargerId)
    const recorded: RecordedEvent = { ...event, depotId, chargerId, receivedAt }
    return { events: [recorded], fresh: [recorded], causes: [] }
  }
}

/** A socket that fulfils a rise of the security profile changes more than presence. */
const isPresence = (event: ChargingEvent | undefined): event is Coming | Going =>
  event?.kind === 'disconnected' || (event?.kind === 'connected' && event.raised === undefined)

const GATHERED = { windowMs: 5 }
