import type { EvidenceKind } from '#lib/kpi/charge-request.ts'
import { saw } from '#lib/kpi/observe.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
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

/** Has a charger start, as a request of KPI 1: asked from now on, and with what went wrong when the charger did not take it. */
export async function countedStart(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  asked: Omit<StartAsked, 'at'>,
  call: () => Promise<ChargerAnswer>,
): Promise<ChargerAnswer> {
  const requestId = await ctx.db.prisma.$transaction((db) => requestStart(db, { ...asked, at: ctx.clock.now() }))
  const answer = await call()
  const problem = PROBLEMS[answer.kind]
  if (problem) {
    const text = answer.kind === 'refused' ? `Start refused: ${answer.reason}` : problem.text
    await ctx.db.prisma.$transaction((db) => noteStartProblem(db, requestId, { at: ctx.clock.now(), kind: problem.kind, text }))
  }
  return answer
}

const PROBLEMS: Partial<Record<ChargerAnswer['kind'], { kind: 'notDelivered' | 'refused'; text: string }>> = {
  refused: { kind: 'refused', text: 'Start refused' },
  timeout: { kind: 'notDelivered', text: 'The charger did not answer the start' },
  lost: { kind: 'notDelivered', text: 'The connection broke while the start was sent' },
  offline: { kind: 'notDelivered', text: 'The charger was not connected when the start was asked' },
}
