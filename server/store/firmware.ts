import { type FirmwareState, firmwareEnded, firmwareStates } from '#lib/charging/firmware-progress.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { FirmwareUpdate } from './generated/client.ts'
import { pgJson } from './json.ts'

/** `said`: the charger's own word. `late`: it came after the end and changed nothing. */
export type UpdateStep = { at: number; state: FirmwareState; said: string | null; late?: true }
export type UpdateRow = Omit<FirmwareUpdate, 'state' | 'steps'> & { state: FirmwareState; steps: UpdateStep[] }

const row = (each: FirmwareUpdate): UpdateRow => ({
  ...each,
  state: each.state as FirmwareState,
  steps: (Array.isArray(each.steps) ? each.steps : []) as UpdateStep[],
})

/** The last word that moved it. */
export const lastSaid = ({ steps }: UpdateRow): string | null => steps.findLast(({ said, late }) => said !== null && !late)?.said ?? null

export type NewUpdate = {
  depotId: string
  chargerId: string
  fileId: string | null
  location: string
  signed: boolean
  requestId?: number
  retrieveAt: Instant
  installAt: Instant | null
  retries?: number
  retryIntervalS?: number
  state: FirmwareState
  fromVersion: string | null
  toVersion: string | null
  createdBy: string
  at: Instant
}

/** @returns its number, which SignedUpdateFirmware carries as requestId */
export async function addUpdate(db: Db, { at, requestId, retrieveAt, installAt, ...update }: NewUpdate): Promise<number> {
  const when = new Date(at)
  const { id } = await db.firmwareUpdate.create({
    data: {
      ...update,
      retrieveAt: new Date(retrieveAt),
      installAt: installAt === null ? null : new Date(installAt),
      steps: [{ at, state: update.state, said: null }],
      createdAt: when,
      stateAt: when,
    },
    select: { id: true },
  })
  if (update.signed) await db.firmwareUpdate.update({ where: { id }, data: { requestId: requestId ?? id } })
  return id
}

export const findUpdate = async (db: Db, id: number): Promise<UpdateRow | undefined> => {
  const found = await db.firmwareUpdate.findUnique({ where: { id } })
  return found ? row(found) : undefined
}

/** Locked until the end of the transaction: answers, notifications and boots do not pass each other. */
export async function lockUpdate(db: Db, id: number): Promise<UpdateRow | undefined> {
  await db.$executeRaw`SELECT 1 FROM firmware_update WHERE id = ${id} FOR UPDATE`
  return findUpdate(db, id)
}

/** Newest first. */
export const updatesOf = async (db: Db, chargerId: string, take = 20): Promise<UpdateRow[]> =>
  (await db.firmwareUpdate.findMany({ where: { chargerId }, orderBy: { id: 'desc' }, take })).map(row)

/** The one that a notification means: by its request id, else the newest of its kind, under way if any is. */
export async function meantUpdate(
  db: Db,
  chargerId: string,
  signed: boolean,
  requestId: number | undefined,
): Promise<UpdateRow | undefined> {
  const of = (where: object) =>
    db.firmwareUpdate.findFirst({ where: { chargerId, signed, state: { not: 'waiting' }, ...where }, orderBy: { id: 'desc' } })
  const found = requestId === undefined ? ((await of({ state: { in: UNDER_WAY } })) ?? (await of({}))) : await of({ requestId })
  return found ? row(found) : undefined
}

const UNDER_WAY: FirmwareState[] = firmwareStates.filter((state) => !firmwareEnded(state) && state !== 'waiting')

export const updatesIn = async (db: Db, states: FirmwareState[], chargerId?: string): Promise<UpdateRow[]> =>
  (await db.firmwareUpdate.findMany({ where: { state: { in: states }, ...(chargerId && { chargerId }) }, orderBy: { id: 'asc' } })).map(row)

export const underWayUpdates = (db: Db, chargerId?: string): Promise<UpdateRow[]> => updatesIn(db, UNDER_WAY, chargerId)

/** Of each image: updates that have not ended. */
export async function updatesByImage(db: Db, depotId: string): Promise<Map<string, number>> {
  const rows = await db.firmwareUpdate.groupBy({
    by: ['fileId'],
    where: { depotId, state: { in: [...UNDER_WAY, 'waiting'] }, fileId: { not: null } },
    _count: true,
  })
  return new Map(rows.map(({ fileId, _count }) => [fileId!, _count]))
}

/** Moves it on, with a step. */
export async function moveUpdate(
  db: Db,
  update: UpdateRow,
  { state, detail, said, at }: { state: FirmwareState; detail: string | null; said: string | null; at: Instant },
): Promise<void> {
  const steps = JSON.parse(pgJson([...update.steps, { at, state, said }].slice(-MOST_STEPS)))
  const endedAt = firmwareEnded(state) ? new Date(at) : null
  await db.firmwareUpdate.update({ where: { id: update.id }, data: { state, detail, stateAt: new Date(at), endedAt, steps } })
}

/** A word after the end: kept beside the steps, and nothing else. */
export async function noteLate(db: Db, update: UpdateRow, said: string, at: Instant): Promise<void> {
  const steps = JSON.parse(pgJson([...update.steps, { at, state: update.state, said, late: true }].slice(-MOST_STEPS)))
  await db.firmwareUpdate.update({ where: { id: update.id }, data: { steps } })
}

const MOST_STEPS = 60

export const placeUpdate = (db: Db, id: number, location: string) => db.firmwareUpdate.update({ where: { id }, data: { location } })

/** The newest update of each charger, when it failed since a moment. */
export async function failedUpdates(
  db: Db,
  depotId: string,
  since: Instant,
): Promise<{ chargerId: string; name: string; said: string | null; detail: string | null; toVersion: string | null; at: number }[]> {
  const rows = await db.firmwareUpdate.findMany({
    where: { depotId, charger: { retiredAt: null } },
    orderBy: { id: 'desc' },
    distinct: ['chargerId'],
    include: { charger: { select: { name: true } } },
  })
  return rows
    .filter(({ state, stateAt }) => state === 'failed' && stateAt.getTime() >= since)
    .map((each) => ({
      chargerId: each.chargerId,
      name: each.charger.name,
      said: lastSaid(row(each)),
      detail: each.detail,
      toVersion: each.toVersion,
      at: each.stateAt.getTime(),
    }))
}

/** Why a charger should not be updated between `now` and `until`: a session at it, a vehicle of its ports that leaves. */
export async function busyWith(
  db: Db,
  chargerId: string,
  now: Instant,
  until: Instant,
): Promise<{ kind: 'session'; bay: string } | { kind: 'departure'; vehicle: string; at: number } | undefined> {
  const session = await db.session.findFirst({
    where: { stoppedAt: null, port: { chargerId } },
    select: { port: { select: { bay: true } } },
  })
  if (session) return { kind: 'session', bay: session.port.bay }
  const duty = await db.duty.findFirst({
    where: { departsAt: { gte: new Date(now), lt: new Date(until) }, vehicle: { homePort: { chargerId } } },
    orderBy: { departsAt: 'asc' },
    select: { departsAt: true, vehicle: { select: { name: true } } },
  })
  return duty ? { kind: 'departure', vehicle: duty.vehicle.name, at: duty.departsAt.getTime() } : undefined
}

/** What an update needs to know of its charger; undefined for one that is not (any more) in this depot. */
export const chargerForFiles = async (db: Db, depotId: string, chargerId: string) =>
  (await db.charger.findFirst({
    where: { id: chargerId, depotId, retiredAt: null },
    select: {
      id: true,
      identity: true,
      name: true,
      vendor: true,
      model: true,
      firmware: true,
      connectedAt: true,
      depot: { select: { zone: true } },
    },
  })) ?? undefined

/** Chargers of a depot that fetch or install firmware now: at any moment one may come back without what it kept. */
export const chargersUpdating = async (db: Db, depotId: string, now: Instant): Promise<Set<string>> => {
  const rows = await db.firmwareUpdate.findMany({
    where: { depotId, state: { in: UNDER_WAY }, endedAt: null, retrieveAt: { lte: new Date(now) } },
    select: { chargerId: true },
  })
  return new Set(rows.map(({ chargerId }) => chargerId))
}
