import type { FleetVehicle } from '#lib/fleet/need.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import { OPEN_OR_ENDED } from './session.ts'

export type VehicleRow = FleetVehicle & { depotId: string; name: string; pluggedIn: boolean | null }

const at = (date: Date | null): Instant | undefined => (date ? instant(date) : undefined)

export async function readVehicles(db: Db, where: { depotId: string } | { id: string }): Promise<VehicleRow[]> {
  const rows = await db.vehicle.findMany({ where, orderBy: { id: 'asc' }, include: { depot: { select: { unknownSocPct: true } } } })
  return rows.map(({ depot, ...row }) => ({
    ...row,
    assumedSocPct: depot.unknownSocPct,
    socAt: at(row.socAt),
    priorityUntil: at(row.priorityUntil),
    neverPauseSince: at(row.neverPauseSince),
  }))
}

/**
 * State of charge as of `at`; an older state never overwrites a newer one. An estimate keeps the moment at which one was last told.
 * @returns whether it was stored.
 */
export async function writeSoc(
  db: Db,
  vehicleId: string,
  { socPct, at, receivedAt, source }: { socPct: number; at: Instant; receivedAt: Instant; source: 'meter' | 'telematics' | 'estimate' },
): Promise<boolean> {
  const { count } = await db.vehicle.updateMany({
    where: { id: vehicleId, OR: [{ socAt: null }, { socAt: { lt: new Date(at) } }] },
    data: {
      socPct: Math.min(100, Math.max(0, socPct)),
      socAt: new Date(at),
      socSource: source,
      ...(source !== 'estimate' && { socReceivedAt: new Date(receivedAt) }),
    },
  })
  return count > 0
}

export const writeVehicleFacts = (db: Db, vehicleId: string, facts: { odometerM?: bigint; pluggedIn?: boolean }) =>
  db.vehicle.update({ where: { id: vehicleId }, data: facts })

export const writePriority = (db: Db, vehicleId: string, priority: number, until: Instant | null, by: string) =>
  db.vehicle.update({
    where: { id: vehicleId },
    data: { priority, priorityUntil: until === null ? null : new Date(until), priorityBy: by },
  })

/** Energy register of a session at a moment: the last reading at or before it, else the session's start. */
export async function registerAt(db: Db, sessionId: number, at: Instant): Promise<{ energyWh: number; at: Instant } | undefined> {
  const rows = await db.$queryRaw<{ energy_wh: bigint; at: Date }[]>`
    SELECT coalesce(r.energy_wh, s.meter_start_wh) AS energy_wh, coalesce(r.at, s.started_at) AS at FROM session s
    LEFT JOIN LATERAL (
      SELECT energy_wh, at FROM meter_reading WHERE session_id = s.id AND energy_wh IS NOT NULL AND at <= ${new Date(at)}
      ORDER BY at DESC LIMIT 1
    ) r ON true
    WHERE s.id = ${sessionId}`
  const row = rows[0]
  return row ? { energyWh: Number(row.energy_wh), at: instant(row.at) } : undefined
}

/** The tag with which we start sessions ourselves, of a vehicle or of the depot (then the port knows its vehicle); made at its first use. */
export async function centralTag(db: Db, depotId: string, vehicleId: string | undefined, fresh: () => string): Promise<string> {
  const id = vehicleId === undefined ? `central-depot-${depotId}` : `central-${vehicleId}`
  const owner =
    vehicleId === undefined ? null : await db.token.findFirst({ where: { vehicleId, kind: { not: 'central' } }, orderBy: { id: 'asc' } })
  const token = await db.token.upsert({
    where: { id },
    update: {},
    create: {
      id,
      depotId,
      idTag: fresh(),
      kind: 'central',
      vehicleId: vehicleId ?? null,
      driverId: owner?.driverId ?? null,
      costCentre: owner?.costCentre ?? null,
    },
  })
  return token.idTag
}

/** It did not go on after a pause. */
export const writeNeverPause = (db: Db, vehicleId: string, since: Instant) =>
  db.vehicle.update({ where: { id: vehicleId }, data: { neverPauseSince: new Date(since) } })

/** A limit that a person or dispatch put on a port, until a moment or until lifted. */
export type PortCap = { limitW: number; until: Instant | null; by: string }
const capKey = (portId: string) => `port-cap:${portId}`

export async function readPortCaps(db: Db, portIds: string[], now: Instant): Promise<Map<string, PortCap>> {
  const rows = await db.$queryRaw<
    { key: string; value: unknown }[]
  >`SELECT key, value FROM setting WHERE key = ANY(${portIds.map(capKey)}::text[])`
  const caps = rows.map(({ key, value }) => [key.slice(capKey('').length), value as PortCap] as const)
  return new Map(caps.filter(([, { until }]) => until === null || until > now))
}

export const writePortCap = (db: Db, portId: string, cap: PortCap) =>
  db.setting.upsert({ where: { key: capKey(portId) }, create: { key: capKey(portId), value: cap }, update: { value: cap } })

/** What the vehicle of a session can take; undefined: we do not know the vehicle. */
export async function vehicleOfSession(
  db: Db,
  sessionId: number,
): Promise<{ id: string; maxW: number; socPct: number | null } | undefined> {
  const session = await db.session.findUnique({
    where: { id: sessionId },
    include: { vehicle: { select: { id: true, maxW: true, socPct: true } } },
  })
  return session?.vehicle ?? undefined
}

/** The vehicles of those of these sessions whose vehicle is ours. */
export const vehiclesOfSessions = async (db: Db, sessionIds: number[]): Promise<Map<number, string>> => {
  const rows = await db.session.findMany({
    where: { id: { in: sessionIds }, vehicleId: { not: null } },
    select: { id: true, vehicleId: true },
  })
  return new Map(rows.map(({ id, vehicleId }) => [id, vehicleId!]))
}

/** The newest session at this port since a moment (less a minute for clocks): why it ended, and whose it was. */
export const lastSessionSince = (
  db: Db,
  portId: string,
  since: Instant,
): Promise<{ stopReason: string | null; vehicleId: string | null } | null> =>
  db.session.findFirst({
    where: { portId, startedAt: { gte: new Date(since - 60_000) }, ...OPEN_OR_ENDED },
    orderBy: { startedAt: 'desc' },
    select: { stopReason: true, vehicleId: true },
  })
