import type { Asked, LogKind } from '#lib/api/file.ts'
import { notFound } from '#lib/api/problem.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { addFile, closeUrls } from '../store/file.ts'
import { chargerForFiles } from '../store/firmware.ts'
import { addLogRequest } from '../store/log-request.ts'
import { placeFor } from './place.ts'
import { MB, readFileSettings } from './settings.ts'
import { moveLog } from './tell.ts'
import { makeUrl, newFileId } from './token.ts'

export type LogAsk = {
  depotId: string
  chargerId: string
  kind: LogKind
  oldest?: Instant
  latest?: Instant
  retries?: number
  retryIntervalS?: number
  actor: string
}

/** A charger may collect for hours before it sends, and try again after that. Real time. */
const ADDRESS_MS = 24 * 3_600_000

/**
 * Asks a charger to send its diagnostics or a log: a file that is awaited, an address that opens once, then the message. The answer is
 * taken into the books by `afterLogCall`, as it is for calls that others make.
 * @throws Problem not-found
 */
export async function askLog(gateway: Gateway, ask: LogAsk): Promise<Asked> {
  const { depotId, chargerId, kind, actor } = ask
  const db = gateway.db.prisma
  const charger = await chargerForFiles(db, depotId, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const { maxUploadMb } = await readFileSettings(db)
  const at = gateway.clock.now()
  const fileId = newFileId()
  const { id, path } = await db.$transaction(async (tx) => {
    await addFile(tx, {
      id: fileId,
      depotId,
      chargerId,
      kind: kind === 'diagnostics' ? 'diagnostics' : 'log',
      name: `${charger.identity} ${kind} ${localIso(at, charger.depot.zone).slice(0, 16).replace(':', '')}`,
      path: fileId,
      maxBytes: maxUploadMb * MB,
      createdBy: actor,
      createdAt: at,
    })
    const url = await makeUrl(gateway, tx, { fileId, direction: 'upload', chargerId, forMs: ADDRESS_MS })
    return { id: await addLogRequest(tx, { depotId, chargerId, kind, fileId, state: 'asked', createdBy: actor, at }), path: url.path }
  })
  const call = messageOf(ask, id, `${placeFor(gateway, chargerId)}${path}`)
  const sent = await sendCall(gateway, { depotId, chargerId, ...call, actor })
  if (sent.answer === undefined) {
    const detail = sent.reason ?? 'It could not be asked.'
    await moveLog(gateway, id, () => ({ kind: 'moved', state: 'refused', detail }))
    await closeUrls(db, fileId, gateway.clock.real())
    return { id, outcome: sent.outcome === 'offline' ? 'offline' : 'refused', detail }
  }
  return { id, ...answered(sent) }
}

function messageOf({ kind, oldest, latest, retries, retryIntervalS }: LogAsk, id: number, location: string) {
  const again = { ...(retries !== undefined && { retries }), ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }) }
  if (kind === 'diagnostics')
    return {
      action: 'GetDiagnostics' as const,
      payload: {
        location,
        ...again,
        ...(oldest !== undefined && { startTime: iso(oldest) }),
        ...(latest !== undefined && { stopTime: iso(latest) }),
      },
    }
  const span = {
    ...(oldest !== undefined && { oldestTimestamp: iso(oldest) }),
    ...(latest !== undefined && { latestTimestamp: iso(latest) }),
  }
  return { action: 'GetLog' as const, payload: { logType: kind, requestId: id, ...again, log: { remoteLocation: location, ...span } } }
}

/** What came of a call that left, in a sentence. */
export function answered({ outcome, reason, answer }: Awaited<ReturnType<typeof sendCall>>): Omit<Asked, 'id'> {
  switch (answer?.kind) {
    case 'accepted':
      return { outcome: 'accepted', detail: 'The charger accepted it.' }
    case 'refused':
      return { outcome: 'refused', detail: `The charger refused: ${answer.reason}.` }
    case 'offline':
      return { outcome: 'offline', detail: answer.why ?? 'The charger is offline.' }
    default:
      return {
        outcome: outcome === 'refused' ? 'refused' : 'timeout',
        detail: reason ?? 'The charger did not answer in time; it may still do it.',
      }
  }
}
