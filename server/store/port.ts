import type { PortStatus } from '#lib/charging/event.ts'
import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

export type PortState = {
  id: string
  bay: string
  status: PortStatus
  statusAt: Instant | undefined
  pluggedAt: Instant | undefined
  errorCode: string | null
  vendorErrorCode: string | null
  errorInfo: string | null
  /** Nobody may charge here; where it is held for safety, as soon as its charger said so, for it may be asked for a moment only. */
  outOfUse: boolean
}

export async function findPort(db: Db, chargerId: string, number: number): Promise<PortState | undefined> {
  if (!Number.isInteger(number) || number < 1 || number > 10_000) return undefined
  const row = await db.port.findUnique({ where: { chargerId_number: { chargerId, number } } })
  return (
    (row && {
      id: row.id,
      bay: row.bay,
      status: row.status as PortStatus,
      statusAt: row.statusAt ? instant(row.statusAt) : undefined,
      pluggedAt: row.pluggedAt ? instant(row.pluggedAt) : undefined,
      errorCode: row.errorCode,
      vendorErrorCode: row.vendorErrorCode,
      errorInfo: row.errorInfo,
      outOfUse: row.heldReason !== null && (row.inoperativeAt !== null || row.heldReason !== HELD_FOR_SAFETY),
    }) ??
    undefined
  )
}

export type PortChange = {
  status: PortStatus
  statusAt: Instant
  pluggedAt: Instant | undefined
  errorCode: string | null
  vendorErrorCode: string | null
  errorInfo: string | null
  powerGone: boolean
}

export const savePortStatus = (
  db: Db,
  id: string,
  { status, statusAt, pluggedAt, errorCode, vendorErrorCode, errorInfo, powerGone }: PortChange,
) =>
  db.port.update({
    where: { id },
    data: {
      status,
      statusAt: new Date(statusAt),
      pluggedAt: pluggedAt === undefined ? null : new Date(pluggedAt),
      errorCode,
      vendorErrorCode,
      errorInfo,
      // a port without a vehicle draws nothing, and sends no more meter values to say so
      ...(powerGone ? { powerW: 0, powerAt: new Date(statusAt) } : {}),
    },
  })

/** The vehicle that usually stands at this port, if it is exactly one. */
export async function homeVehicle(db: Db, portId: string): Promise<string | undefined> {
  const found = await db.vehicle.findMany({ where: { homePortId: portId }, select: { id: true }, take: 2 })
  return found.length === 1 ? found[0]!.id : undefined
}
