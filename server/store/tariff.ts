import { randomUUID } from 'node:crypto'
import type { Tariff, TariffWindow } from '#lib/energy/tariff.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'
import type { Sql } from './sql.ts'

type Row = Prisma.TariffGetPayload<{ include: { windows: true } }>

const BY_ID = `
SELECT t.id, t.name, t.currency, t.source, t.valid_from AS "validFrom", t.valid_until AS "validUntil", COALESCE((
  SELECT json_agg(json_build_object('name', w.name, 'seasonFrom', w.season_from, 'seasonUntil', w.season_until, 'weekdays', w.weekdays,
    'startMinute', w.start_minute, 'endMinute', w.end_minute, 'priceMicroPerKwh', w.price_micro_per_kwh, 'demandMicroPerKw', w.demand_micro_per_kw))
  FROM tariff_window w WHERE w.tariff_id = t.id), '[]') AS windows
FROM tariff t WHERE t.id = ANY($1::text[])`

type TariffRow = Omit<Tariff, 'validFrom' | 'validUntil'> & { validFrom: Date; validUntil: Date | null }

/** Tariffs by their ids. */
export async function tariffsById(sql: Sql, ids: string[]): Promise<Map<string, Tariff>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<TariffRow>({ name: 'tariffs', text: BY_ID, values: [ids] })
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ...row,
        validFrom: instant(row.validFrom),
        validUntil: row.validUntil && instant(row.validUntil),
        windows: row.windows.sort(bySeason),
      },
    ]),
  )
}

/** The tariff of a depot in force at a moment; of several the one that began last. */
export async function tariffInForce(db: Db, depotId: string, at: Instant): Promise<Tariff | null> {
  const when = new Date(at)
  const row = await db.tariff.findFirst({
    where: { depotId, validFrom: { lte: when }, OR: [{ validUntil: null }, { validUntil: { gt: when } }] },
    orderBy: { validFrom: 'desc' },
    include: { windows: true },
  })
  return row && plain(row)
}

/** Ends what is in force at `at`, forgets what had not begun, and begins `next` then. @returns the new tariff. */
export async function replaceTariff(
  db: Db,
  depotId: string,
  at: Instant,
  next: Pick<Tariff, 'name' | 'currency' | 'source' | 'windows'>,
): Promise<Tariff> {
  const when = new Date(at)
  await db.tariff.deleteMany({ where: { depotId, validFrom: { gte: when } } })
  await db.tariff.updateMany({ where: { depotId, OR: [{ validUntil: null }, { validUntil: { gt: when } }] }, data: { validUntil: when } })
  const id = randomUUID()
  const row = await db.tariff.create({
    data: {
      id,
      depotId,
      name: next.name,
      currency: next.currency,
      source: next.source,
      validFrom: when,
      windows: {
        create: next.windows.map((window, index) => ({
          ...window,
          id: `${id}-${index}`,
          priceMicroPerKwh: BigInt(window.priceMicroPerKwh),
          demandMicroPerKw: BigInt(window.demandMicroPerKw),
        })),
      },
    },
    include: { windows: true },
  })
  return plain(row)
}

export async function depotZone(
  db: Db,
  depotId: string,
): Promise<{ zone: string; currency: string; slaS: number; createdAt: Instant } | null> {
  const depot = await db.depot.findUnique({
    where: { id: depotId },
    select: { zone: true, currency: true, chargeSlaS: true, createdAt: true },
  })
  return depot && { zone: depot.zone, currency: depot.currency, slaS: depot.chargeSlaS, createdAt: instant(depot.createdAt) }
}

const plain = ({ windows, ...row }: Row): Tariff => ({
  id: row.id,
  name: row.name,
  currency: row.currency,
  source: row.source,
  validFrom: instant(row.validFrom),
  validUntil: row.validUntil && instant(row.validUntil),
  windows: windows
    .map(({ id: _, tariffId: _1, priceMicroPerKwh, demandMicroPerKw, ...window }) => ({
      ...window,
      priceMicroPerKwh: Number(priceMicroPerKwh),
      demandMicroPerKw: Number(demandMicroPerKw),
    }))
    .sort(bySeason),
})

const bySeason = (a: TariffWindow, b: TariffWindow): number =>
  a.seasonFrom.localeCompare(b.seasonFrom) || a.weekdays[0]! - b.weekdays[0]! || a.startMinute - b.startMinute

/** When the last tariff of a depot ended, of those that did. */
export async function tariffEndedBefore(db: Db, depotId: string, now: Instant): Promise<Instant | undefined> {
  const last = await db.tariff.findFirst({ where: { depotId, validUntil: { lte: new Date(now) } }, orderBy: { validUntil: 'desc' } })
  return last?.validUntil ? instant(last.validUntil) : undefined
}

export async function depotCreatedAt(db: Db, id: string): Promise<Instant | undefined> {
  const row = await db.depot.findUnique({ where: { id }, select: { createdAt: true } })
  return row ? instant(row.createdAt) : undefined
}
