import { assertNever, notFound } from '#lib/api/problem.ts'
import type { ChargingEvent, RecordedEvent } from '#lib/charging/event.ts'
import { iso } from '#lib/time/instant.ts'
import { collectRequests } from '../kpi/collect-requests.ts'
import { lockCharger } from '../store/charger.ts'
import type { Db } from '../store/database.ts'
import { appendJournal } from '../store/journal.ts'
import { batchStatement } from '../store/meter.ts'
import { findPort } from '../store/port.ts'
import { guarded } from '../store/savepoint.ts'
import { isBusy, isCollision } from '../store/unavailable.ts'
import { recordAuthorized, recordBooted, recordConnected, recordDisconnected, recordHeard } from './record-charger.ts'
import { recordBootOfUpdate, recordFirmware, recordLogSent } from './record-files.ts'
import { recordStatus } from './record-port.ts'
import { meteredRows } from './record-readings.ts'
import { recordCertificateAsked, recordSecurityEvent } from './record-security.ts'
import { recordStarted, recordStopped } from './record-session.ts'
import { type Noted, noted, type RecordCtx, type Recording, write } from './recording.ts'

/** What a commit left behind, to be told once the charger has its answer. */
export type Commit = { events: RecordedEvent[]; fresh: RecordedEvent[]; causes: string[] }

/**
 * Records what one charger said: state under the charger's row lock and append-only journal, in one transaction; then tells it.
 * Events that were recorded before (a repeated StartTransaction) come back with their ids and are told to nobody again.
 * @throws Problem not-found for an unknown charger; whatever the database throws when it is away
 */
export async function record(ctx: RecordCtx, chargerId: string, events: ChargingEvent[]): Promise<RecordedEvent[]> {
  const commit = await commitEvents(ctx, chargerId, events)
  tell(ctx, commit)
  return commit.events
}

/** The transaction alone: the endpoint answers the charger between this and `tell`. */
export async function commitEvents(ctx: RecordCtx, chargerId: string, events: ChargingEvent[]): Promise<Commit> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ctx.db.prisma.$transaction((db) => inTransaction(ctx, db, chargerId, events), { timeout: 20_000, maxWait: 10_000 })
    } catch (error) {
      if (isBusy(error) ? attempt >= 6 : attempt >= 4 || !isCollision(error)) throw error
    }
  }
}

/** The same inside a transaction of something larger. */
export async function inTransaction(ctx: RecordCtx, db: Db, chargerId: string, events: ChargingEvent[]): Promise<Commit> {
  const charger = await lockCharger(db, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const recording: Recording = { db, charger, receivedAt: ctx.clock.now(), realAt: ctx.clock.real(), journal: [], causes: [] }
  const all: Noted[] = []
  for (const event of events) all.push(await recordOne(recording, event))
  const fresh = all.filter((each) => each.fresh).map(({ event }) => event)
  const error = fresh.length > 0 ? await guarded(db, () => collectRequests(db, fresh)) : undefined
  if (error !== undefined) write(recording, 'review.requestsFailed', `charger:${chargerId}`, { reason: String(error).slice(0, 500) })
  await appendJournal(db, recording.receivedAt, recording.realAt, recording.journal)
  return { events: all.map(({ event }) => event), fresh, causes: recording.causes }
}

function recordOne(recording: Recording, event: ChargingEvent): Promise<Noted> {
  switch (event.kind) {
    case 'connected':
      return recordConnected(recording, event)
    case 'disconnected':
      return recordDisconnected(recording, event)
    case 'booted':
      return recordBootOfUpdate(recording, event).then(() => recordBooted(recording, event))
    case 'firmware':
      return recordFirmware(recording, event)
    case 'logSent':
      return recordLogSent(recording, event)
    case 'heard':
      return recordHeard(recording, event)
    case 'status':
      return recordStatus(recording, event)
    case 'authorized':
      return recordAuthorized(recording, event)
    case 'started':
      return recordStarted(recording, event)
    case 'stopped':
      return recordStopped(recording, event)
    case 'metered':
      return recordMetered(recording, event)
    case 'securityEvent':
      return recordSecurityEvent(recording, event)
    case 'certificateAsked':
      return recordCertificateAsked(recording, event)
    default:
      return assertNever(event)
  }
}

type MeteredEvent = Extract<ChargingEvent, { kind: 'metered' }>

/** Readings inside a transaction of other events (those of a StopTransaction); live ones go through the batch. */
async function recordMetered(recording: Recording, event: MeteredEvent): Promise<Noted> {
  const { db, charger, receivedAt, realAt } = recording
  const port = await findPort(db, charger.id, event.port)
  if (!port) {
    write(recording, 'review.unknownPort', `charger:${charger.id}`, { port: event.port, readings: event.readings.length })
    return noted(recording, event, {}, false)
  }
  const rows = meteredRows([{ portId: port.id, sessionId: event.sessionId, readings: event.readings, late: event.late, receivedAt }])
  const { text, values } = batchStatement({ at: iso(receivedAt), realAt: iso(realAt), heard: [], messages: [], journal: [], ...rows })
  await db.$queryRawUnsafe(text, ...values)
  return noted(recording, event, { portId: port.id, ...(event.sessionId === undefined ? {} : { session: event.sessionId }) })
}

/** Viewers, plan and reconciliation hear of it. Never throws: what is recorded is recorded. */
export function tell(ctx: Pick<RecordCtx, 'recorded' | 'wakes' | 'log'>, { fresh, causes }: Omit<Commit, 'events'>): void {
  if (fresh.length === 0) return
  try {
    ctx.recorded.publish(fresh)
    for (const portId of new Set(fresh.map(({ portId }) => portId))) if (portId !== undefined) ctx.wakes.touched(portId)
    const { depotId } = fresh[0]!
    for (const cause of causes.slice(0, 1)) ctx.wakes.replan(depotId, cause)
    const moved = fresh.filter(({ kind }) => RECONCILED.has(kind))
    for (const chargerId of new Set(moved.map(({ chargerId }) => chargerId))) ctx.wakes.reconcile(chargerId)
  } catch (error) {
    ctx.log.error({ err: error }, 'a listener of recorded events failed')
  }
}

/** After these a charger may not follow what is wanted. */
const RECONCILED = new Set<RecordedEvent['kind']>(['connected', 'booted', 'started', 'stopped'])
