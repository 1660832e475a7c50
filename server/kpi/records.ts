import type { z } from 'zod'
import type { getKpiRecords, KpiTile, kpiRecord } from '#lib/api/kpi.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { dayText } from '#lib/format/time.ts'
import { countsOf, OUTCOMES } from '#lib/kpi/charge-request.ts'
import { askedWords, sourceWords, stateWords } from '#lib/kpi/command-words.ts'
import type { CommandState } from '#lib/kpi/latency.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { subjects } from '../store/kpi-figures.ts'
import { depotZone } from '../store/tariff.ts'
import { type VisitRows, visitsIn } from './availability.ts'
import { commandsIn, type MeasuredCommand } from './latency.ts'
import { periodOf } from './period.ts'
import { energyOf, throughputIn } from './throughput.ts'
import { daysOf, type KpiWindow } from './window.ts'

type KpiRecord = z.infer<typeof kpiRecord>
type Page = z.infer<typeof getKpiRecords.output>
type Depot = { id: string; zone: string; slaS: number; createdAt: number }

const PAGE = 100

/**
 * The single records behind a tile, newest first: visits, days of a service connection, commands. Without `counts` they are all;
 * numerator + failures + exclusions + open = all. `cursor`: `next` of the page before.
 */
export async function kpiRecords(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  depotId: string,
  kpi: KpiTile['id'],
  { window, counts, cursor }: { window: KpiWindow; counts?: KpiRecord['counts']; cursor?: string },
): Promise<Page> {
  const found = await depotZone(ctx.db.prisma, depotId)
  if (!found) throw notFound('depot', depotId)
  const depot = { ...found, id: depotId }
  const all = (await RECORDS[kpi](ctx, depot, window)).filter((record) => counts === undefined || record.counts === counts)
  all.sort((a, b) => b.at - a.at || a.id.localeCompare(b.id))
  const start = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1
  if (cursor !== undefined && start === 0)
    throw problem('invalid', 'This page does not exist any more. Start again with the first one.', { cursor: 'unknown' })
  const items = all.slice(start, start + PAGE)
  return { items, next: start + PAGE < all.length ? items.at(-1)!.id : null, total: all.length }
}

const RECORDS: Record<KpiTile['id'], (ctx: Pick<Ctx, 'db' | 'clock'>, depot: Depot, window: KpiWindow) => Promise<KpiRecord[]>> = {
  async availability(ctx, depot, window) {
    const names = await subjects(ctx.db.prisma, depot.id)
    const visits = await visitsIn(ctx, depot.id, depot.slaS, await periodOf(ctx, depot, window))
    return visits.map((visit) => visitRecord(visit, names))
  },
  async throughput(ctx, depot, window) {
    const period = await periodOf(ctx, depot, window)
    const { from, services } = await throughputIn(ctx, depot.id, depot.zone, period)
    return services.flatMap(({ id, name, firmW, use, quarterWh }) =>
      daysOf({ from, until: period.until }, depot.zone).map((day): KpiRecord => {
        const kwh = energyOf(quarterWh, from, day) / 1000
        return {
          id: `${id}:${day.from}`,
          at: day.from,
          subject: `${name}, ${dayText(day.from, depot.zone)}`,
          outcome: 'Energy delivered',
          counts: 'success',
          value: kwh,
          detail: `${kwh.toFixed(1)} kWh at ${(use.peakCapacityW / 1000).toFixed(1)} kW of peak-hour capacity (firm limit ${(firmW / 1000).toFixed(1)} kW)`,
          stamps: { from: day.from, until: day.until },
          href: null,
        }
      }),
    )
  },
  async latency(ctx, depot, window) {
    const names = await subjects(ctx.db.prisma, depot.id)
    const { commands } = await commandsIn(ctx, depot.id, depot.zone, window)
    return commands.map((command) => commandRecord(command, names))
  },
}

function visitRecord(visit: VisitRows, names: Map<string, string>): KpiRecord {
  const last = visit.attempts.at(-1)!
  const start = last.poweredAt ?? (last.promisedAt === null ? null : last.acceptedAt)
  const evidence = visit.attempts.flatMap((attempt) => attempt.evidence).sort((a, b) => a.at - b.at)
  return {
    id: visit.id,
    at: visit.requestedAt,
    subject:
      [last.portId && names.get(last.portId), last.vehicleId && names.get(last.vehicleId)].filter(Boolean).join(' · ') ||
      (last.idTag ?? 'unknown port'),
    outcome: visit.outcome === null ? 'Open' : OUTCOMES[visit.outcome].words,
    counts: visit.outcome === null ? 'open' : countsOf(visit.outcome),
    value: start === null ? null : Math.max(0, start - visit.requestedAt) / 1000,
    detail: [
      ...(visit.attempts.length > 1 ? [`${visit.attempts.length} attempts`] : []),
      ...(last.poweredAt === null && last.promisedAt !== null ? ['deferred by the plan'] : []),
      ...(last.inferred ? ['inferred'] : []),
      ...evidence.map(({ text }) => text),
    ].join(' · '),
    stamps: {
      requestedAt: visit.requestedAt,
      pluggedAt: last.pluggedAt,
      askedAt: last.askedAt,
      acceptedAt: last.acceptedAt,
      promisedAt: last.promisedAt,
      poweredAt: last.poweredAt,
      endedAt: last.endedAt,
    },
    href: last.sessionId === null ? null : `/sessions/${last.sessionId}`,
  }
}

function commandRecord({ row, counts, endToEndS }: MeasuredCommand, names: Map<string, string>): KpiRecord {
  const target = row.vehicleId ?? row.portId ?? row.chargerId
  const at = (date: Date | null): Instant | null => (date ? (date.getTime() as Instant) : null)
  return {
    id: row.id,
    at: row.t1.getTime(),
    subject: `${askedWords(row.kind)}${target ? ` · ${names.get(target) ?? target}` : ''}`,
    outcome: stateWords(row.state as CommandState),
    counts: counts === 'ackOnly' ? 'excluded' : counts,
    value: endToEndS,
    detail: [row.detail, sourceWords(row.source), row.t0FromSource ? null : 'counted from its receipt'].filter(Boolean).join(' · '),
    stamps: { t0: at(row.t0), t1: at(row.t1), t2: at(row.t2), t3: at(row.t3), t4: at(row.t4), t5: at(row.t5), t6: at(row.t6) },
    href: null,
  }
}
