import type { Asked } from '#lib/api/file.ts'
import type { FirmwareAsk } from '#lib/api/firmware.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { nearText } from '#lib/format/time.ts'
import { hours, type Instant, instant, iso, plus } from '#lib/time/instant.ts'
import { sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Ctx } from '../runtime.ts'
import { closeUrl, type FileRow, findFile } from '../store/file.ts'
import {
  addUpdate,
  busyWith,
  chargerForFiles,
  lockUpdate,
  moveUpdate,
  placeUpdate,
  type UpdateRow,
  underWayUpdates,
  updatesIn,
} from '../store/firmware.ts'
import { writeJournal } from '../store/journal.ts'
import { answered } from './ask-log.ts'
import { displayName } from './name.ts'
import { placeFor } from './place.ts'
import { tellFile } from './tell.ts'
import { makeUrl, withoutSecret } from './token.ts'

export type UpdateAsk = FirmwareAsk & { depotId: string; chargerId: string; actor: string }

/** Who leaves within this must find a charged vehicle, not a charger that installs. */
const SOON_MS = hours(2)
/** After the moment to fetch it; real time. */
const ADDRESS_MS = hours(48)

/** Why an update should wait: an open session, a vehicle that leaves soon. Null: nothing speaks against now. */
export async function whyWait({ db, clock }: Pick<Ctx, 'db' | 'clock'>, chargerId: string, zone: string): Promise<string | null> {
  const now = clock.now()
  const busy = await busyWith(db.prisma, chargerId, now, plus(now, SOON_MS))
  if (!busy) return null
  return busy.kind === 'session'
    ? `A vehicle charges at bay ${busy.bay}.`
    : `${busy.vehicle} leaves at ${nearText(busy.at, now, zone)} and charges here.`
}

/**
 * Updates a charger with an image of the library. `start: 'free'` waits for the end of its session and for whoever leaves soon; `now` is
 * refused meanwhile; `forced` is not. The envelope is asked in any case: without its limits the charger may give its full power.
 * @throws Problem not-found; conflict with the reason
 */
export async function updateFirmware(gateway: Gateway, ask: UpdateAsk): Promise<Asked> {
  const { depotId, chargerId, actor, signed, start } = ask
  const db = gateway.db.prisma
  const charger = await chargerForFiles(db, depotId, chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const image = await findFile(db, ask.fileId)
  if (image?.depotId !== depotId || image.kind !== 'firmware') throw notFound('firmware image', ask.fileId)
  const at = gateway.clock.now()
  const busy = await whyWait(gateway, chargerId, charger.depot.zone)
  const refusal = whyNotImage(image, charger, signed) ?? (await whyNotBeside(gateway, chargerId, signed))
  if (refusal) throw problem('conflict', refusal)
  if (busy && start === 'now') throw problem('conflict', `${busy} Let it wait until the charger is free, or force it.`)
  const id = await addUpdate(db, {
    depotId,
    chargerId,
    fileId: image.id,
    location: '',
    signed,
    retrieveAt: ask.retrieveAt === undefined ? at : instant(ask.retrieveAt),
    installAt: ask.installAt === undefined ? null : instant(ask.installAt),
    ...(ask.retries !== undefined && { retries: ask.retries }),
    ...(ask.retryIntervalS !== undefined && { retryIntervalS: ask.retryIntervalS }),
    state: start === 'free' ? 'waiting' : 'asked',
    fromVersion: charger.firmware,
    toVersion: image.version,
    createdBy: actor,
    at,
  })
  await writeJournal(db, gateway.clock, {
    depotId,
    actor,
    kind: 'charger.firmwareWanted',
    subject: `charger:${chargerId}`,
    data: { updateId: id, image: image.name, version: image.version, sha256: image.sha256, signed, start, busy },
  })
  if (start === 'free' && (busy || !gateway.links.online(chargerId))) {
    tellFile(gateway, { depotId, chargerId })
    return { id, outcome: 'waiting', detail: `${busy ?? 'The charger is offline.'} The update is sent once that is over.` }
  }
  return { id, ...(await sendUpdate(gateway, id, image)) }
}

/** Sends what was asked for; what the charger answers is taken into the books by `afterFirmwareCall`. */
export async function sendUpdate(gateway: Gateway, id: number, image: FileRow): Promise<Omit<Asked, 'id'>> {
  const db = gateway.db.prisma
  const at = gateway.clock.now()
  const prepared = await db.$transaction(async (tx) => {
    const update = await lockUpdate(tx, id)
    if (!update || (update.state !== 'waiting' && update.state !== 'asked')) return undefined
    if (update.state === 'waiting') await moveUpdate(tx, update, { state: 'asked', detail: null, said: null, at })
    const { chargerId, retrieveAt } = update
    const untilFetched = Math.max(0, retrieveAt.getTime() - at) / gateway.clock.speed
    const url = await makeUrl(gateway, tx, { fileId: image.id, direction: 'download', chargerId, forMs: untilFetched + ADDRESS_MS })
    // some chargers tell an image by the end of its address
    const name = displayName(image.name).replace(/[^A-Za-z0-9._-]/g, '_')
    const location = `${placeFor(gateway, chargerId)}${url.path}/${name}`
    await placeUpdate(tx, id, withoutSecret(location))
    return { update, location, tokenHash: url.tokenHash }
  })
  if (!prepared) return { outcome: 'refused', detail: 'It was given up meanwhile.' }
  const { update, location, tokenHash } = prepared
  const { depotId, chargerId, createdBy: actor } = update
  const sent = await sendCall(gateway, { depotId, chargerId, ...messageOf(update, image, location, at), actor })
  if (sent.answer !== undefined) return answered(sent)
  const detail = sent.reason ?? 'It could not be sent.'
  await db.$transaction(async (tx) => {
    const now = await lockUpdate(tx, id)
    if (now?.state === 'asked') await moveUpdate(tx, now, { state: 'refused', detail, said: null, at: gateway.clock.now() })
  })
  await closeUrl(db, tokenHash, gateway.clock.real())
  tellFile(gateway, { depotId, chargerId })
  return { outcome: sent.outcome === 'offline' ? 'offline' : 'refused', detail }
}

function messageOf(
  { id, signed, retries, retryIntervalS, retrieveAt, installAt }: UpdateRow,
  image: FileRow,
  location: string,
  now: Instant,
) {
  const again = { ...(retries !== null && { retries }), ...(retryIntervalS !== null && { retryInterval: retryIntervalS }) }
  // what waited is not fetched in the past
  const retrieve = iso(instant(Math.max(retrieveAt.getTime(), now)))
  if (!signed) return { action: 'UpdateFirmware' as const, payload: { location, retrieveDate: retrieve, ...again } }
  const firmware = {
    location,
    retrieveDateTime: retrieve,
    ...(installAt && { installDateTime: installAt.toISOString() }),
    signingCertificate: image.signingCertificate,
    signature: image.signature,
  }
  return { action: 'SignedUpdateFirmware' as const, payload: { requestId: id, ...again, firmware } }
}

function whyNotImage(image: FileRow, charger: { vendor: string | null; model: string | null }, signed: boolean): string | undefined {
  if (image.state === 'failed') return `The upload of this image was refused: ${image.detail ?? 'it is not here.'} Add the image again.`
  if (image.state === 'expired') return 'The image never arrived, and its address has run out. Add the image again.'
  if (image.state !== 'complete') return 'The image is not here in full yet.'
  if (signed && !image.signature) return 'The image has no signature: it can only be sent as an ordinary update.'
  for (const [name, wanted, is] of [
    ['maker', image.vendor, charger.vendor],
    ['model', image.model, charger.model],
  ] as const)
    if (wanted && is && wanted.toLowerCase() !== is.toLowerCase()) return `The image is for the ${name} ${wanted}; this charger is a ${is}.`
  return undefined
}

/** A signed update may take the place of the one before, which the charger then gives up (L01); an ordinary one knows no such thing. */
async function whyNotBeside(gateway: Gateway, chargerId: string, signed: boolean): Promise<string | undefined> {
  const [waiting] = await updatesIn(gateway.db.prisma, ['waiting'], chargerId)
  if (waiting) return 'Another update waits for this charger to be free. Give it up first.'
  const underWay = await underWayUpdates(gateway.db.prisma, chargerId)
  return underWay.length > 0 && !(signed && underWay.every((each) => each.signed))
    ? 'An update of this charger is under way. Wait for its end.'
    : undefined
}
