import type { EvidenceKind } from '#lib/kpi/charge-request.ts'
import { saw } from '#lib/kpi/observe.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import { findRequest, saveRequest } from '../store/kpi.ts'
import { askedRequest, joinVisit } from './request-of-event.ts'

export type StartAsked = {
  depotId: string
  portId: string
  at: Instant
  source: 'remote_start' | 'dispatch'
  idTag?: string
  vehicleId?: string | null
}

/** Somebody (screen, API) or the plan asked a port to charge: part of KPI 1 from this moment on. @returns the attempt's id. */
export async function requestStart(db: Db, asked: StartAsked): Promise<string> {
  const idTag = asked.idTag?.toUpperCase()
  const request = await joinVisit(db, await askedRequest(db, { ...asked, idTag }))
  await saveRequest(db, request.acceptedAt === null ? { ...request, outcome: null, stageFailed: null } : request)
  return request.id
}

/**
 * Why an asked start did not reach the charger or was refused by it: `notDelivered` (offline, time-out, lost), `refused`, `backend`
 * (our error), `noPort` (all allowed ports taken or out of use). A start that succeeds all the same counts as what it was.
 */
export async function noteStartProblem(
  db: Db,
  requestId: string,
  { at, kind, text }: { at: Instant; kind: Extract<EvidenceKind, 'notDelivered' | 'refused' | 'backend' | 'noPort'>; text: string },
): Promise<void> {
  const request = await findRequest(db, requestId)
  if (request) await saveRequest(db, { ...saw(request, { at, kind, text }), outcome: null, stageFailed: null })
}
