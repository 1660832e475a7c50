import type { ChargingEvent } from '#lib/charging/event.ts'
import {
  bootTells,
  type FirmwareState,
  type Heard,
  hearFirmware,
  mayWipe,
  startedWithIt,
  tampered,
} from '#lib/charging/firmware-progress.ts'
import { type Arrived, hearLog, logEnded } from '#lib/charging/log-progress.ts'
import { instant } from '#lib/time/instant.ts'
import { doubtFallbacks } from '../store/fallback.ts'
import { findFile } from '../store/file.ts'
import { addUpdate, lastSaid, lockUpdate, meantUpdate, moveUpdate, noteLate, type UpdateRow, updatesOf } from '../store/firmware.ts'
import { findLogRequest, type LogRequestRow, lockLogRequest, newestLogRequest, writeLogState } from '../store/log-request.ts'
import { type Noted, noted, type Recording, write } from './recording.ts'

type Of<Kind extends ChargingEvent['kind']> = Extract<ChargingEvent, { kind: Kind }>

/** -1 is what some chargers send for "none". */
const named = (requestId: number | undefined): number | undefined => (requestId === undefined || requestId < 0 ? undefined : requestId)

/** What a charger says of its firmware moves the update that it means; what means none, or comes too late, is kept for review. */
export async function recordFirmware(recording: Recording, event: Of<'firmware'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const { status, requestId, signed } = event
  const subject = `charger:${charger.id}`
  const meant = await meantUpdate(db, charger.id, signed, named(requestId))
  let update = meant && (await lockUpdate(db, meant.id))
  let heard = update && hearFirmware({ state: update.state, lastSaid: lastSaid(update) }, status)
  if (BEGUN.has(status) && (heard === undefined || heard.kind === 'late')) {
    write(recording, 'review.firmwareUnasked', subject, { status, requestId })
    update = await begunByItself(recording, event)
    heard = hearFirmware({ state: update.state, lastSaid: null }, status)
  }
  if (!update || !heard) {
    // a charger that is asked for its state says "nothing to tell"
    if (status !== 'Idle') write(recording, 'review.firmwareUnasked', subject, { status, requestId })
    return noted(recording, event, {}, false)
  }
  if (heard.kind === 'late') {
    await noteLate(db, update, status, receivedAt)
    write(recording, 'review.firmwareLate', subject, { updateId: update.id, status, state: update.state })
  }
  const moved = await moves(recording, update, heard, status)
  return noted(recording, { ...event, ...(moved && { moved }) }, {}, moved !== undefined || heard.kind === 'late')
}

/** Installing may end with other ways and none of our limits, whoever asked for it: from now on it is an update like ours. */
const BEGUN: ReadonlySet<string> = new Set(['Installing', 'InstallRebooting'])

async function begunByItself(recording: Recording, { signed, requestId }: Of<'firmware'>): Promise<UpdateRow> {
  const { db, charger, receivedAt } = recording
  const { firmware } = await db.charger.findUniqueOrThrow({ where: { id: charger.id }, select: { firmware: true } })
  const known = named(requestId)
  const id = await addUpdate(db, {
    depotId: charger.depotId,
    chargerId: charger.id,
    fileId: null,
    location: '',
    signed,
    ...(known === undefined ? {} : { requestId: known }),
    retrieveAt: receivedAt,
    installAt: null,
    state: 'downloaded',
    fromVersion: firmware,
    toVersion: null,
    createdBy: `charger:${charger.id}`,
    at: receivedAt,
  })
  const update = await lockUpdate(db, id)
  if (!update) throw new Error('an update that was just written is gone')
  return update
}

/**
 * A boot is the proof of an update, or of none: of the newest, and of the one before where late words of that one began the newest.
 * @returns the state that it moved to, of the newest that moved
 */
export async function recordBootOfUpdate(recording: Recording, event: Of<'booted'>): Promise<FirmwareState | undefined> {
  const { db, charger, receivedAt } = recording
  const [newest, before] = await updatesOf(db, charger.id, 2)
  let moved: FirmwareState | undefined
  for (const meant of newest?.toVersion === null ? [newest, before] : [newest]) {
    const update = meant && (await lockUpdate(db, meant.id))
    if (!update) continue
    const { state, fromVersion, toVersion, stateAt, steps } = update
    const now = { state, fromVersion, toVersion, stateAt: instant(stateAt), started: startedWithIt(steps) }
    const heard = bootTells(now, event.firmware ?? null, receivedAt)
    const told = await moves(recording, update, heard, null)
    moved ??= told
  }
  return moved
}

async function moves(
  recording: Recording,
  update: UpdateRow,
  heard: Heard<FirmwareState>,
  said: string | null,
): Promise<FirmwareState | undefined> {
  if (heard.kind !== 'moved') return undefined
  const { db, charger, receivedAt } = recording
  const subject = `charger:${charger.id}`
  const { state, detail } = heard
  await moveUpdate(db, update, { state, detail, said, at: receivedAt })
  // from the installation on the charger may have lost its limits: they count as lost from this commit on
  if (mayWipe(state)) await doubtFallbacks(db, charger.id)
  write(recording, 'charger.firmware', subject, { updateId: update.id, state, said, detail, to: update.toVersion })
  if (state === 'failed') {
    write(recording, 'security.firmwareFailed', subject, { updateId: update.id, said, detail })
    // the charger may tell of it by itself too, in its own words; here it stands in any case
    const type = said !== null && tampered(said) ? 'InvalidFirmwareSignature' : 'FirmwareUpdateFailed'
    const at = new Date(receivedAt)
    await db.securityEvent.createMany({
      data: [
        {
          chargerId: charger.id,
          depotId: charger.depotId,
          at,
          receivedAt: at,
          type,
          techInfo: `Update ${update.id}: ${said ?? 'seen at its boot'}`,
          critical: tampered(said ?? ''),
        },
      ],
      skipDuplicates: true,
    })
  }
  return state
}

/** What a charger says of a log moves the request that it means. Its word that all was sent is checked against what arrived. */
export async function recordLogSent(recording: Recording, event: Of<'logSent'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const { status, diagnostics } = event
  const requestId = named(event.requestId)
  const subject = `charger:${charger.id}`
  const kinds: LogRequestRow['kind'][] = diagnostics ? ['diagnostics'] : ['DiagnosticsLog', 'SecurityLog']
  const meant = requestId === undefined ? await newestLogRequest(db, charger.id, kinds) : await findLogRequest(db, charger.id, requestId)
  const request = meant && (await lockLogRequest(db, meant.id))
  if (!request) {
    if (status !== 'Idle') write(recording, 'review.logUnasked', subject, { status, requestId: event.requestId })
    return noted(recording, event, {}, false)
  }
  const heard = hearLog(request.state, status, await arrivedOf(recording, request))
  if (heard.kind === 'late') write(recording, 'review.logLate', subject, { logId: request.id, status, state: request.state })
  if (heard.kind !== 'moved') return noted(recording, event, {}, false)
  const { state, detail } = heard
  await writeLogState(db, request.id, { state, detail, stateAt: receivedAt, endedAt: logEnded(state) ? receivedAt : null })
  write(recording, 'charger.log', subject, { logId: request.id, kind: request.kind, state, said: status, detail })
  return noted(recording, event)
}

async function arrivedOf({ db }: Recording, { fileId }: LogRequestRow): Promise<Arrived> {
  if (fileId === null) return 'elsewhere'
  const file = await findFile(db, fileId)
  return file?.state === 'complete' ? 'here' : file?.state === 'failed' ? 'refused' : 'missing'
}
