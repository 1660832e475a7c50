import type { RequestSource } from '#lib/kpi/charge-request.ts'
import { asked, plugged } from '#lib/kpi/observe.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import {
  deleteRequest,
  insertRequest,
  MERGE_MS,
  portFacts,
  type RequestRow,
  requestOfPort,
  saveRequest,
  unattachedRequest,
  visitToRetry,
} from '../store/kpi.ts'

// Which attempt a trigger belongs to (docs/kpis.md, availability: merged by port, or by token in the depot, within 300 s).

type Trigger = {
  source: RequestSource
  depotId: string
  portId: string | null
  at: Instant
  idTag?: string | undefined
  vehicleId?: string | null | undefined
  /** A transaction begins: an attempt that has one already is another one. */
  starts?: boolean
}

export const newRequest = (db: Db, trigger: Trigger): Promise<RequestRow> => insertRequest(db, firstOf(trigger))

/** An attempt as its first trigger makes it. */
export const firstOf = ({ source, depotId, portId, at, idTag, vehicleId }: Trigger): Omit<RequestRow, 'id' | 'visitId'> => ({
  depotId,
  source,
  portId,
  vehicleId: vehicleId ?? null,
  idTag: idTag ?? null,
  sessionId: null,
  requestedAt: at,
  pluggedAt: source === 'plug_in' ? at : null,
  askedAt: source === 'plug_in' ? null : at,
  acceptedAt: null,
  promisedAt: null,
  poweredAt: null,
  endedAt: null,
  outcome: null,
  stageFailed: null,
  inferred: false,
  evidence: [],
})

/** It was asked for and failed a while ago: asking again is a new attempt of the same visit. */
export const isGivenUp = ({ outcome, askedAt, acceptedAt }: RequestRow, at: Instant): boolean =>
  outcome !== null && askedAt !== null && acceptedAt === null && at - askedAt > MERGE_MS

/** The attempt that goes on, asked for (again). */
export const askedOf = (current: RequestRow, { idTag, vehicleId }: Pick<Trigger, 'idTag' | 'vehicleId'>, at: Instant): RequestRow =>
  asked({ ...current, idTag: current.idTag ?? idTag ?? null, vehicleId: current.vehicleId ?? vehicleId ?? null }, at)

/** The attempt that somebody's asking at a port belongs to; a token shown before at an unknown port is folded into it. */
export async function askedRequest(db: Db, trigger: Trigger & { portId: string }): Promise<RequestRow> {
  const { portId, depotId, at, idTag } = trigger
  const shown = idTag ? await unattachedRequest(db, depotId, idTag, at) : null
  let current = await requestOfPort(db, portId, at)
  if (trigger.starts && current && current.sessionId !== null) current = null
  // asking again after a failure is a new attempt of the same visit
  if (current && isGivenUp(current, at)) {
    await saveRequest(db, { ...current, endedAt: at })
    const again = await newRequest(db, trigger)
    current = { ...again, pluggedAt: current.pluggedAt, visitId: current.visitId }
  }
  if (current === null && shown === null) return newRequest(db, trigger)
  if (current === null) return { ...shown!, portId }
  const one = askedOf(current, trigger, shown?.askedAt ?? at)
  if (!shown || shown.id === one.id) return one
  await deleteRequest(db, shown.id)
  return { ...one, evidence: [...shown.evidence, ...one.evidence] }
}

/** A cable went in. In a plug-and-go depot the port's own vehicle asks by that. */
export async function pluggedRequest(db: Db, portId: string, at: Instant): Promise<RequestRow | null> {
  const facts = await portFacts(db, portId)
  if (!facts) return null
  const vehicleId = facts.plugAndGo ? facts.homeVehicleId : null
  const current = await requestOfPort(db, portId, at)
  const request = current ?? (await newRequest(db, { source: 'plug_in', depotId: facts.depotId, portId, at, vehicleId }))
  const one = plugged(request, at)
  return vehicleId !== null && one.askedAt === null ? asked({ ...one, vehicleId }, at) : one
}

/** Joins an attempt to the visit that it retries, once its vehicle or token is known. */
export async function joinVisit(db: Db, request: RequestRow): Promise<RequestRow> {
  if (request.visitId !== request.id) return request
  return { ...request, visitId: (await visitToRetry(db, request)) ?? request.id }
}
