import { verify } from 'node:crypto'
import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { certificatesIn } from './certificates.ts'
import { caOf } from './log-upload.ts'
import { powerOff } from './power.ts'
import { tellSurely } from './queue.ts'
import { securityEvent } from './security-event.ts'
import { deviceNow, flash, hasFault, messageId, type Station } from './station.ts'
import { fetchFrom } from './transfer.ts'

// UpdateFirmware (§6.5) and SignedUpdateFirmware (whitepaper L01): fetched, checked, written, started anew.

export type Update = {
  /** Of a signed update. */
  signed?: { requestId: number; signature: string; signingCertificate: string }
  location: string
  retrieveAt: Instant
  installAt?: Instant
  triesLeft: number
  retryIntervalS: number
  stage: 'toFetch' | 'fetching' | 'toInstall' | 'installing' | 'leaving' | 'restarting' | 'over'
  /** When the next step is due. */
  dueAt: Instant
  version?: string
  /** As it was told last. */
  told: string
}

export const isUpdating = (station: Station): boolean => station.memory.update !== undefined && station.memory.update.stage !== 'over'

/** From here on it cannot be called back. */
export const isWriting = ({ memory }: Station): boolean => ['installing', 'leaving', 'restarting'].includes(memory.update?.stage ?? 'over')

/** Takes an order in; one that has not been written yet gives way. */
export function beginUpdate(station: Station, order: Omit<Update, 'stage' | 'dueAt' | 'told' | 'version'>): void {
  station.download?.abort()
  station.download = undefined
  station.image = Buffer.alloc(0)
  station.memory.update = { ...order, stage: 'toFetch', dueAt: order.retrieveAt, told: 'Idle' }
  if (order.signed && order.retrieveAt > deviceNow(station)) say(station, 'DownloadScheduled')
}

/** The next step when its moment has come; called every simulated second while there is power. */
export function stepUpdate(station: Station): void {
  const { update } = station.memory
  if (!update || update.stage === 'over' || deviceNow(station) < update.dueAt) return
  STEPS[update.stage]?.(station, update)
}

const STEPS: Partial<Record<Update['stage'], (station: Station, update: Update) => void>> = {
  toFetch: (station, update) => void fetchImage(station, update),
  toInstall: install,
  installing: written,
  leaving: leave,
}

/** After the boot that follows the installation was accepted. */
export function updateAfterBoot(station: Station): void {
  const { update } = station.memory
  // the image lived in its working memory
  if (update && (update.stage === 'fetching' || update.stage === 'toInstall') && station.image.length === 0) update.stage = 'toFetch'
  if (update?.stage !== 'restarting') return
  say(station, 'Installed')
  update.stage = 'over'
  securityEvent(station, 'FirmwareUpdated', update.version)
}

/** While an image waits for the last transaction to end, nobody starts a new one. */
export const waitsToInstall = (station: Station): boolean => {
  const { update } = station.memory
  return update?.stage === 'toInstall' && deviceNow(station) >= (update.installAt ?? 0) && isBusy(station)
}

async function fetchImage(station: Station, update: Update): Promise<void> {
  const abort = new AbortController()
  station.download = abort
  update.stage = 'fetching'
  say(station, station.image.length > 0 && update.signed ? 'DownloadPaused' : 'Downloading')
  if (station.image.length > 0 && update.signed) say(station, 'Downloading')
  const fetched = hasFault(station, (fault) => fault.failsTo === 'download')
    ? 'failed'
    : await fetchFrom({ url: update.location, ca: caOf(station), signal: abort.signal, patienceMs: 30_000 }, station.image.length, {
        again: () => {
          station.image = Buffer.alloc(0)
        },
        take: (piece) => {
          station.image = Buffer.concat([station.image, piece])
        },
      })
  if (abort.signal.aborted || station.memory.update !== update || station.power === 'off') return
  station.download = undefined
  if (fetched === 'all') fetchedAll(station, update)
  else if (update.triesLeft-- > 0)
    Object.assign(update, { stage: 'toFetch', dueAt: plus(deviceNow(station), seconds(update.retryIntervalS)) })
  else end(station, update, 'DownloadFailed')
  station.changed()
}

function fetchedAll(station: Station, update: Update): void {
  say(station, 'Downloaded')
  if (update.signed && !isSignatureGood(update.signed, station.image)) {
    securityEvent(station, 'InvalidFirmwareSignature', versionIn(station.image, update.location))
    end(station, update, 'InvalidSignature')
    return
  }
  if (update.signed) say(station, 'SignatureVerified')
  update.version = versionIn(station.image, update.location)
  const now = deviceNow(station)
  Object.assign(update, { stage: 'toInstall', dueAt: update.installAt ?? now })
  if (update.signed && (update.dueAt > now || isBusy(station))) say(station, 'InstallScheduled')
}

function isSignatureGood({ signature, signingCertificate }: NonNullable<Update['signed']>, image: Buffer): boolean {
  const [signer] = certificatesIn(signingCertificate)
  return signer !== undefined && verify('sha256', image, signer.publicKey, Buffer.from(signature, 'base64'))
}

/** An image of our making says its version in its first line; otherwise its name does, or it is told by its size. */
function versionIn(image: Buffer, location: string): string {
  const version = /\d+\.\d+\.\d+[\w.-]*/
  const inside = version.exec(image.subarray(0, 200).toString('latin1'))
  const named = version.exec(decodeURIComponent(new URL(location).pathname.split('/').at(-1) ?? ''))
  return (inside?.[0] ?? named?.[0].replace(/\.(bin|img|fw|zip|tar|gz)$/, '') ?? `image of ${image.length} bytes`).slice(0, 50)
}

const isBusy = (station: Station): boolean => station.ports.some((port) => flash(station, port).transaction)

function install(station: Station, update: Update): void {
  // nobody's charge is cut short for an update (L01)
  if (isBusy(station)) return
  say(station, 'Installing')
  Object.assign(update, { stage: 'installing', dueAt: plus(deviceNow(station), seconds(station.model.installS)) })
}

function written(station: Station, update: Update): void {
  if (hasFault(station, (fault) => fault.failsTo === 'install')) {
    end(station, update, 'InstallationFailed')
    return
  }
  station.memory.firmware = update.version
  if (update.signed) say(station, 'InstallRebooting')
  Object.assign(update, { stage: 'leaving', dueAt: deviceNow(station) })
}

/** What there is to tell is told before the lights go out, unless nobody listens. */
function leave(station: Station, update: Update): void {
  const isPatient = deviceNow(station) < plus(update.dueAt, PATIENCE_MS)
  if (station.memory.queue.length > 0 && isPatient) return
  update.stage = 'restarting'
  powerOff(station, 'SoftReset', station.model.rebootS)
}
const PATIENCE_MS = seconds(20)

function end(station: Station, update: Update, status: string): void {
  say(station, status)
  update.stage = 'over'
  station.image = Buffer.alloc(0)
}

const statusOf = ({ signed }: Update, status: string) => ({ status, ...(signed && { requestId: signed.requestId }) })

function say(station: Station, status: string): void {
  const update = station.memory.update!
  update.told = status
  tellSurely(station, update.signed ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification', statusOf(update, status))
}

/** What is going on now, for who asks by a trigger: of a signed update in the words of the whitepaper. */
export function tellFirmware(station: Station, extended: boolean): void {
  const { update } = station.memory
  const status = update && update.stage !== 'over' ? update.told : 'Idle'
  const action = extended ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification'
  const payload =
    update && extended && status !== 'Idle' ? statusOf(update, status) : { status: extended || !update?.signed ? status : 'Idle' }
  void station.link.call(messageId(), action, payload)
}
