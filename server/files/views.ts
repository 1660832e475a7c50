import type { z } from 'zod'
import type { getChargerFiles, LogRow } from '#lib/api/file.ts'
import type { FirmwareImage, FirmwareUpdateRow, getFirmware } from '#lib/api/firmware.ts'
import { notFound } from '#lib/api/problem.ts'
import { FILE_WORDS, firmwareWords, LOG_WORDS } from '#lib/charging/file-words.ts'
import { startedWithIt } from '#lib/charging/firmware-progress.ts'
import { stepWords } from '#lib/charging/step-words.ts'
import { actorWords } from '#lib/live/journal-words.ts'
import type { Seeing } from '../live/views.ts'
import { type FileRow, findFiles, firmwareImages } from '../store/file.ts'
import { chargerForFiles, type UpdateRow, underWayUpdates, updatesByImage, updatesIn, updatesOf } from '../store/firmware.ts'
import { type LogRequestRow, logRequestsOf } from '../store/log-request.ts'
import { namesOfUsers } from '../store/user.ts'
import { MOST_IMAGE_BYTES } from './settings.ts'
import { whyWait } from './update-firmware.ts'

/** What one charger was asked to send and to fetch, newest first, and what can be asked of it now. @throws Problem not-found */
export async function chargerFilesView(
  ctx: Seeing,
  depotId: string,
  chargerId: string,
): Promise<z.input<(typeof getChargerFiles)['output']>> {
  const db = ctx.db.prisma
  const charger = await chargerForFiles(db, depotId, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const [logs, updates] = await Promise.all([logRequestsOf(db, chargerId), updatesOf(db, chargerId)])
  const ids = [...logs, ...updates].flatMap(({ fileId }) => fileId ?? [])
  const files = new Map((await findFiles(db, ids)).map((file) => [file.id, file]))
  const names = await namesOfUsers(
    db,
    [...logs, ...updates].map(({ createdBy }) => createdBy),
  )
  const underWay = await underWayUpdates(db, chargerId)
  const waiting = await updatesIn(db, ['waiting'], chargerId)
  const by = (actor: string) => names.get(actor) ?? actorWords(actor)
  return {
    firmware: charger.firmware,
    logs: logs.map((log) => logRow(log, log.fileId === null ? undefined : files.get(log.fileId), by(log.createdBy))),
    updates: updates.map((update) =>
      updateRow(update, update.fileId === null ? undefined : files.get(update.fileId), by(update.createdBy)),
    ),
    whyNot: {
      log: charger.connectedAt !== null ? null : 'The charger is offline.',
      update:
        waiting.length > 0
          ? 'An update waits for this charger to be free.'
          : underWay.some(({ signed }) => !signed)
            ? 'An update of this charger is under way.'
            : null,
    },
    whyWait: await whyWait(ctx, chargerId, charger.depot.zone),
  }
}

const at = (date: Date | null): number | null => date?.getTime() ?? null

const logRow = (log: LogRequestRow, file: FileRow | undefined, by: string): LogRow => ({
  id: log.id,
  kind: log.kind,
  state: log.state,
  ...LOG_WORDS[log.state],
  detail: log.detail ?? file?.detail ?? null,
  by,
  createdAt: log.createdAt.getTime(),
  stateAt: log.stateAt.getTime(),
  endedAt: at(log.endedAt),
  file: file ? { id: file.id, name: file.name, state: file.state, sizeBytes: file.sizeBytes, sha256: file.sha256 } : null,
})

const updateRow = (update: UpdateRow, file: FileRow | undefined, by: string): FirmwareUpdateRow => ({
  id: update.id,
  state: update.state,
  ...firmwareWords(update.state, startedWithIt(update.steps)),
  detail: update.detail,
  signed: update.signed,
  location: update.location,
  image: file?.name ?? null,
  fromVersion: update.fromVersion,
  toVersion: update.toVersion,
  retrieveAt: update.retrieveAt.getTime(),
  installAt: at(update.installAt),
  by,
  createdAt: update.createdAt.getTime(),
  stateAt: update.stateAt.getTime(),
  endedAt: at(update.endedAt),
  steps: update.steps.map(({ at: moment, state, said, late }) => ({
    at: moment,
    state,
    word: stepWords(state, said, late === true),
    said,
  })),
})

/** The images of a depot. */
export async function firmwareView(ctx: Seeing, depotId: string): Promise<z.input<(typeof getFirmware)['output']>> {
  const db = ctx.db.prisma
  const [images, used] = await Promise.all([firmwareImages(db, depotId), updatesByImage(db, depotId)])
  const names = await namesOfUsers(
    db,
    images.map(({ createdBy }) => createdBy),
  )
  return {
    images: images.map(
      (image): FirmwareImage => ({
        id: image.id,
        name: image.name,
        vendor: image.vendor,
        model: image.model,
        version: image.version,
        state: image.state,
        ...FILE_WORDS[image.state],
        detail: image.detail,
        sizeBytes: image.sizeBytes,
        sha256: image.sha256,
        signed: image.state === 'complete' && image.signature !== null,
        by: names.get(image.createdBy) ?? actorWords(image.createdBy),
        createdAt: image.createdAt.getTime(),
        underWay: used.get(image.id) ?? 0,
      }),
    ),
    maxBytes: MOST_IMAGE_BYTES,
  }
}
