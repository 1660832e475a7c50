import { X509Certificate } from 'node:crypto'
import type { FirmwareAnnouncement } from '#lib/api/firmware.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { hours, type Instant, minutes } from '#lib/time/instant.ts'
import type { Ctx } from '../runtime.ts'
import { addFile, findFile, removeFile } from '../store/file.ts'
import { updatesByImage } from '../store/firmware.ts'
import { writeJournal } from '../store/journal.ts'
import { displayName } from './name.ts'
import { MOST_IMAGE_BYTES } from './settings.ts'
import { tellFile } from './tell.ts'
import { makeUrl, newFileId } from './token.ts'

type LibraryCtx = Pick<Ctx, 'db' | 'clock' | 'feed'>

/** How long the bytes of an announced image are awaited; a slow line may go on where it was. Real time. */
const ADDRESS_MS = hours(12)

/**
 * Announces an image; its bytes come over the one-time address of the answer, from a browser or another system alike.
 * @throws Problem too-large; invalid for a certificate that cannot be read
 */
export async function addFirmware(
  ctx: LibraryCtx,
  { depotId, actor, ...image }: FirmwareAnnouncement & { depotId: string; actor: string },
): Promise<{ id: string; url: string; expiresAt: Instant }> {
  const { sizeBytes, sha256, signature, signingCertificate, vendor, model, version } = image
  if (sizeBytes > MOST_IMAGE_BYTES) throw problem('too-large', `An image has at most ${MOST_IMAGE_BYTES / 1024 / 1024} MB.`)
  if (signingCertificate) refuseUnreadable(signingCertificate)
  const id = newFileId()
  const name = displayName(image.name) || 'firmware'
  const url = await ctx.db.prisma.$transaction(async (tx) => {
    await addFile(tx, {
      id,
      depotId,
      kind: 'firmware',
      name,
      path: id,
      maxBytes: sizeBytes,
      createdBy: actor,
      createdAt: ctx.clock.now(),
      version,
      ...(vendor && { vendor }),
      ...(model && { model }),
      ...(sha256 && { expectedSha256: sha256 }),
      ...(signature && { signature: signature.replace(/\s/g, '') }),
      ...(signingCertificate && { signingCertificate }),
    })
    await writeJournal(tx, ctx.clock, {
      depotId,
      actor,
      kind: 'charger.firmwareAnnounced',
      subject: id,
      data: { name, vendor, model, version, sizeBytes, sha256, signed: signature !== undefined },
    })
    return makeUrl(ctx, tx, { fileId: id, direction: 'upload', forMs: ADDRESS_MS })
  })
  tellFile(ctx, { depotId, chargerId: null })
  return { id, url: url.path, expiresAt: url.expiresAt }
}

function refuseUnreadable(pem: string): void {
  try {
    new X509Certificate(pem)
  } catch {
    throw problem('invalid', 'The signing certificate cannot be read: it is PEM text, from BEGIN CERTIFICATE to END CERTIFICATE.', {
      signingCertificate: 'No certificate that can be read.',
    })
  }
}

/** Takes an image out of the library; its bytes go with the next tidying. @throws Problem not-found, conflict */
export async function removeFirmware(
  ctx: LibraryCtx,
  { depotId, id, actor }: { depotId: string; id: string; actor: string },
): Promise<void> {
  const db = ctx.db.prisma
  const file = await findFile(db, id)
  if (file?.depotId !== depotId || file.kind !== 'firmware') throw notFound('firmware image', id)
  if ((await updatesByImage(db, depotId)).get(id))
    throw problem('conflict', 'A charger is being updated with it. Wait for the end of that.')
  await removeFile(db, id)
  await writeJournal(db, ctx.clock, {
    depotId,
    actor,
    kind: 'charger.firmwareRemoved',
    subject: id,
    data: { name: file.name, version: file.version, sha256: file.sha256 },
  })
  tellFile(ctx, { depotId, chargerId: null })
}

/** An address for a browser to download a finished file from, once. @throws Problem not-found, conflict */
export async function openFile(
  ctx: LibraryCtx,
  { depotId, id, actor }: { depotId: string; id: string; actor: string },
): Promise<{ url: string; name: string; expiresAt: Instant }> {
  const file = await findFile(ctx.db.prisma, id)
  if (file?.depotId !== depotId) throw notFound('file', id)
  if (file.state !== 'complete')
    throw problem(
      'conflict',
      file.state === 'failed' ? `It was refused: ${file.detail ?? 'it is not here.'}` : 'The file is not here in full.',
    )
  const url = await makeUrl(ctx, ctx.db.prisma, { fileId: id, direction: 'download', forMs: minutes(10) })
  await writeJournal(ctx.db.prisma, ctx.clock, {
    depotId,
    actor,
    kind: 'charger.fileOpened',
    subject: file.chargerId ? `charger:${file.chargerId}` : id,
    data: { file: id, name: file.name },
  })
  return { url: url.path, name: file.name, expiresAt: url.expiresAt }
}
