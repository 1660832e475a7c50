import type { RecordedEvent } from '#lib/charging/event.ts'
import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { sentLimit } from '#lib/planning/books.ts'
import { withReading } from '#lib/planning/port-holding.ts'
import { earliest, type Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Ctx } from '../runtime.ts'
import { countFrom, type LimitRow, portsThatSettle, readOpenLimits, writtenLimit } from '../store/limit.ts'

/** An accepted cut counts at once when a later reading is at or under it; then others may rise earlier than after the 10 s. */
export async function settleCuts(ctx: Ctx, events: RecordedEvent[]): Promise<void> {
  const measured = events.flatMap((event) => (isMeasured(event) ? [event] : []))
  if (measured.length === 0) return
  const now = ctx.clock.now()
  const settling = await portsThatSettle(ctx.db.prisma, [...new Set(measured.map(({ portId }) => portId))], now)
  const metered = measured.filter(({ portId }) => settling.has(portId))
  for (const [depotId, here] of Map.groupBy(metered, (event) => event.depotId)) {
    const limits = await readOpenLimits(ctx.db.prisma, depotId, now, skewThreshold(ctx.clock.speed))
    let settled = false
    for (const event of here) {
      const mine = limits.filter(({ portId, kind }) => portId === event.portId && kind === 'session')
      for (const { at, powerW } of event.readings)
        if (powerW !== undefined) settled = (await count(ctx, mine, powerW, earliest(at, now))) || settled
    }
    if (settled) ctx.wakes.reconcile(here[0]!.chargerId)
  }
}

type Measured = Extract<RecordedEvent, { kind: 'metered' }> & { portId: string }
const isMeasured = (event: RecordedEvent): event is Measured =>
  event.kind === 'metered' && !event.late && event.portId !== undefined && event.readings.some(({ powerW }) => powerW !== undefined)

async function count(ctx: Ctx, rows: LimitRow[], powerW: number, at: Instant): Promise<boolean> {
  const holding = {
    portId: '',
    nodePath: [],
    nameplateW: 0 as Watts,
    fallbackConfirmed: true,
    fallbackW: 0 as Watts,
    inoperative: false,
    extraW: 0 as Watts,
    sent: rows.map((row) => sentLimit(writtenLimit(row))),
  }
  const after = withReading(holding, powerW as Watts, at, skewThreshold(ctx.clock.speed))
  let changed = false
  for (const [i, { sequence, countsAt }] of after.sent.entries()) {
    if (countsAt === undefined || countsAt === holding.sent[i]!.countsAt) continue
    await countFrom(ctx.db.prisma, sequence, countsAt)
    changed = true
  }
  return changed
}
