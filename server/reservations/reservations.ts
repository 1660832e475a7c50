import type { Reserved } from '#lib/api/reservation.ts'
import type { RecordedEvent } from '#lib/charging/event.ts'
import { instant, seconds } from '#lib/time/instant.ts'
import { openReservations, type ReservationRow, saidReserved } from '../store/reservation.ts'
import { type CancelInput, cancel, sendCancel } from './cancel.ts'
import { end, type ReserveCtx } from './end-reservation.ts'
import { type ReserveInput, reserve } from './reserve.ts'

/** Ports kept free for somebody: what was asked, what chargers say of it, and how each ends. */
export type Reservations = {
  reserve(input: ReserveInput): Promise<Reserved>
  cancel(input: CancelInput): Promise<Reserved>
  /** Ends what is over by its time, and cancels what a charger may keep without having said so. */
  look(depotId: string): Promise<void>
  recorded(events: RecordedEvent[]): Promise<void>
}

/** The charger's clock and ours may differ by so much at the end of a reservation. */
const ABOUT_MS = seconds(60)
const AGAIN_MS = seconds(30)

export function makeReservations(ctx: ReserveCtx): Reservations {
  /** Being asked of a charger by this process: what is `asked` otherwise is from before a restart. */
  const asking = new Set<number>()
  /** When each was last told to forget, real time: a mute charger is not asked all the time. */
  const cancelled = new Map<number, number>()

  async function cancelUnsure(row: ReservationRow): Promise<void> {
    asking.add(row.id)
    cancelled.set(row.id, ctx.clock.monotonic())
    try {
      await sendCancel(ctx, row, 'system')
    } catch (error) {
      ctx.log.error({ err: error, charger: row.chargerId, reservation: row.id }, 'a reservation could not be cancelled')
    } finally {
      asking.delete(row.id)
    }
  }

  const isTime = (id: number) => ctx.clock.monotonic() - (cancelled.get(id) ?? Number.NEGATIVE_INFINITY) >= AGAIN_MS

  return {
    reserve: (input) => reserve(ctx, asking, input),
    cancel: (input) => cancel(ctx, input),
    async look(depotId) {
      const now = ctx.clock.now()
      for (const row of await openReservations(ctx.db.prisma, { depotId })) {
        if (asking.has(row.id)) continue
        if (instant(row.expiresAt) <= now) await end(ctx, row, 'expired', null)
        else if (row.state !== 'accepted' && ctx.links.online(row.chargerId) && isTime(row.id)) void cancelUnsure(row)
      }
    },
    async recorded(events) {
      const heard = events.filter((event) => event.kind === 'connected' || endsSome(event))
      if (heard.length === 0) return
      const open = await openReservations(ctx.db.prisma, { chargerId: { in: [...new Set(heard.map(({ chargerId }) => chargerId))] } })
      for (const event of heard)
        for (const row of open) {
          if (row.chargerId !== event.chargerId) continue
          // back again: what it may keep is cancelled at once
          if (event.kind === 'connected' && row.state !== 'accepted' && !asking.has(row.id)) void cancelUnsure(row)
          if (endsSome(event) && row.number === event.port && row.state === 'accepted') await endedByCharger(ctx, row, event)
        }
    },
  }
}

const ENDING: ReadonlySet<string> = new Set(['free', 'faulted', 'unavailable'])

type Ending = Extract<RecordedEvent, { kind: 'status' }>
const endsSome = (event: RecordedEvent): event is Ending => event.kind === 'status' && event.port !== 0 && ENDING.has(event.status)

/** 1.6 §5.13: a fault, being put out of service, or its time ends a reservation; `free` after `reserved` says so. */
async function endedByCharger(ctx: ReserveCtx, row: ReservationRow, event: Ending): Promise<void> {
  if (event.status !== 'free') {
    const why = event.status === 'faulted' ? 'The port reports a fault' : 'The port was put out of service'
    return end(ctx, row, 'cancelled', `${why}: the charger no longer keeps it.`)
  }
  if (!event.portId || !(await saidReserved(ctx.db.prisma, event.portId, row.createdAt))) return
  const over = event.receivedAt >= instant(row.expiresAt) - ABOUT_MS
  return end(ctx, row, over ? 'expired' : 'cancelled', over ? null : 'The charger ended it by itself: the port is free.')
}
