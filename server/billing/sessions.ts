import type { z } from 'zod'
import { notFound, problem } from '#lib/api/problem.ts'
import type { getSession, getSessions, SessionFilter, SessionRow } from '#lib/api/session.ts'
import { instant } from '#lib/time/instant.ts'
import { addDays, dayInterval, type Zone } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import {
  type SessionQuery,
  type SessionRecord,
  type SessionSort,
  sessionPage,
  sessionReadings,
  sessionRecord,
  sessionTotals,
} from '../store/billing.ts'
import { depotZone } from '../store/tariff.ts'

const PAGE = 50

/** Sessions of a filter, highest of `sort` first, with totals of the whole filter. `cursor`: `next` of the page before. */
export async function listSessions(
  ctx: Pick<Ctx, 'db'>,
  depotId: string,
  filter: SessionFilter,
  cursor?: string,
  sort: SessionSort = 'started',
): Promise<z.infer<typeof getSessions.output>> {
  const depot = await depotZone(ctx.db.prisma, depotId)
  if (!depot) throw notFound('depot', depotId)
  const query = sessionQuery(depotId, filter, depot.zone)
  const [rows, totals] = await Promise.all([
    sessionPage(ctx.db.prisma, query, sort, cursor === undefined ? null : parseCursor(cursor), PAGE + 1),
    sessionTotals(ctx.db.prisma, query),
  ])
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined
  return {
    items: rows.slice(0, PAGE).map(rowOf),
    next: last ? `${last.sortValue}_${last.id}` : null,
    total: totals.total,
    sumEnergyWh: totals.energyWh,
    sumCost: { minor: totals.costMinor, currency: depot.currency },
    unpriced: { sessions: totals.unpriced, energyWh: totals.unpricedWh },
  }
}

/** One session with its bill and its curve. */
export async function oneSession(ctx: Pick<Ctx, 'db'>, depotId: string, id: number): Promise<z.infer<typeof getSession.output>> {
  // an id that PostgreSQL cannot hold is one that does not exist
  const row = id > 0 && id <= 2_147_483_647 ? await sessionRecord(ctx.db.prisma, depotId, id) : null
  if (!row) throw notFound('session', id)
  const readings = await sessionReadings(ctx.db.prisma, id)
  return {
    ...rowOf(row),
    meterStartWh: Number(row.meterStartWh),
    meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
    lines: row.lines.map(({ amountMinor, ...line }) => ({ ...line, amount: { minor: amountMinor, currency: row.currency } })),
    readings: readings.map(({ at, powerW, energyWh, socPct }) => ({
      at: instant(at),
      powerW,
      energyWh: energyWh === null ? null : Number(energyWh),
      socPct,
    })),
  }
}

/** Depot-local days → moments; `until` is the first day that is not meant. */
export const sessionQuery = (depotId: string, filter: SessionFilter, zone: Zone): SessionQuery => {
  if (filter.from && filter.until && filter.until < filter.from)
    throw problem('invalid', 'The end of the period lies before its beginning.', { until: `after ${addDays(filter.from, -1)}` })
  return {
    depotId,
    from: filter.from ? dayInterval(filter.from, zone).from : null,
    until: filter.until ? dayInterval(filter.until, zone).from : null,
    vehicle: filter.vehicle ?? null,
    charger: filter.charger ?? null,
    tag: filter.tag ?? null,
    state: filter.state ?? null,
  }
}

const rowOf = (row: SessionRecord): SessionRow => ({
  id: row.id,
  startedAt: instant(row.startedAt),
  stoppedAt: row.stoppedAt && instant(row.stoppedAt),
  chargerName: row.chargerName,
  chargerId: row.chargerId,
  bay: row.bay,
  vehicleName: row.vehicleName,
  driverName: row.driverName,
  idTag: row.idTag,
  costCentre: row.costCentre,
  energyWh: Number(row.energyWh),
  cost: row.costMinor === null ? null : { minor: Number(row.costMinor), currency: row.currency },
  estimated: row.estimated,
  stopReason: row.stopReason,
  flags: row.flags,
})

function parseCursor(cursor: string): { value: bigint; id: number } {
  const match = /^(-?\d{1,18})_(\d{1,10})$/.exec(cursor)
  if (!match) throw problem('invalid', 'This page does not exist. Start again with the first one.', { cursor: 'unknown' })
  return { value: BigInt(match[1]!), id: Number(match[2]) }
}
