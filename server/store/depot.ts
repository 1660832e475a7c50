import type { Instant } from '#lib/time/instant.ts'
import type { Database, Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

/** A depot as rows: written whole or not at all. */
export type DepotRows = {
  depot: Prisma.DepotCreateManyInput
  /** Parents before children. */
  nodes: Omit<Prisma.SiteNodeCreateManyInput, 'depotId'>[]
  chargers: (Omit<Prisma.ChargerCreateManyInput, 'depotId' | 'createdAt'> & { port: Omit<Prisma.PortCreateManyInput, 'chargerId'> })[]
  vehicles: Omit<Prisma.VehicleCreateManyInput, 'depotId'>[]
  drivers: Omit<Prisma.DriverCreateManyInput, 'depotId'>[]
  tokens: Omit<Prisma.TokenCreateManyInput, 'depotId'>[]
}

export async function writeDepot(database: Database, rows: DepotRows, now: Instant): Promise<void> {
  const depotId = rows.depot.id
  const within = <T extends object>(list: T[]) => list.map((row) => ({ ...row, depotId }))
  await database.prisma.$transaction([
    database.prisma.depot.createMany({ data: [rows.depot] }),
    database.prisma.siteNode.createMany({ data: within(rows.nodes) }),
    database.prisma.charger.createMany({
      data: rows.chargers.map(({ port: _, ...charger }) => ({ ...charger, depotId, createdAt: new Date(now) })),
    }),
    database.prisma.port.createMany({ data: rows.chargers.map(({ id, port }) => ({ ...port, chargerId: id })) }),
    database.prisma.connector.createMany({
      data: rows.chargers.map(({ port }) => ({ id: `${port.id}-1`, portId: port.id, number: 1, standard: 'J1772' })),
    }),
    database.prisma.vehicle.createMany({ data: within(rows.vehicles) }),
    database.prisma.driver.createMany({ data: within(rows.drivers) }),
    database.prisma.token.createMany({ data: within(rows.tokens) }),
  ])
}

export const depotExists = async ({ prisma }: Database, id: string): Promise<boolean> => (await prisma.depot.count({ where: { id } })) > 0

/** Duties and base load that are not there yet; what is there stays as it is (dispatch may have moved it). */
export async function writeAhead(
  { prisma }: Database,
  rows: { duties: Prisma.DutyCreateManyInput[]; baseLoad: Prisma.BaseLoadCreateManyInput[] },
): Promise<void> {
  await prisma.duty.createMany({ data: rows.duties, skipDuplicates: true })
  await prisma.baseLoad.createMany({ data: rows.baseLoad, skipDuplicates: true })
}

export const replaceChargerKey = ({ prisma }: { prisma: Db }, id: string, keyHash: string, now: Instant) =>
  prisma.charger.update({ where: { id }, data: { keyHash, keyIssuedAt: new Date(now) } })

type TariffRows = Omit<Prisma.TariffCreateManyInput, 'windows'> & { windows: Omit<Prisma.TariffWindowCreateManyInput, 'id' | 'tariffId'>[] }

export async function writeTariff({ prisma }: Database, { windows, ...tariff }: TariffRows): Promise<void> {
  await prisma.$transaction([
    prisma.tariff.createMany({ data: [tariff] }),
    prisma.tariffWindow.createMany({
      data: windows.map((window, index) => ({ ...window, id: `${tariff.id}-${index}`, tariffId: tariff.id })),
    }),
  ])
}

/** A duty that is over, with how it went. */
export async function writePastDuty({ prisma }: Database, duty: Prisma.DutyCreateManyInput): Promise<void> {
  const { id, outcome, socAtDeparture } = duty
  await prisma.duty.upsert({ where: { id: id! }, create: duty as Prisma.DutyUncheckedCreateInput, update: { outcome, socAtDeparture } })
}

export const depotNames = (db: Db): Promise<{ id: string; name: string }[]> =>
  db.depot.findMany({ select: { id: true, name: true }, orderBy: { id: 'asc' } })

/** For how long the raw log of a depot's chargers is kept. */
export const messageDays = async (db: Db, id: string): Promise<number> =>
  (await db.depot.findUniqueOrThrow({ where: { id }, select: { messageDays: true } })).messageDays

/** False: there is no such depot. */
export const writeMessageDays = async (db: Db, id: string, days: number): Promise<boolean> =>
  (await db.depot.updateMany({ where: { id }, data: { messageDays: days } })).count === 1

/** For how long the plans of a depot are kept. */
export const planDays = async (db: Db, id: string): Promise<number> =>
  (await db.depot.findUniqueOrThrow({ where: { id }, select: { planDays: true } })).planDays

/** False: there is no such depot. */
export const writePlanDays = async (db: Db, id: string, days: number): Promise<boolean> =>
  (await db.depot.updateMany({ where: { id }, data: { planDays: days } })).count === 1
