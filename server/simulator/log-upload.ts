import { setTimeout as wait } from 'node:timers/promises'
import type { Instant } from '#lib/time/instant.ts'
import type { Payload } from './frame.ts'
import { hasFault, messageId, type Station, timestamp } from './station.ts'
import { type Sent, send } from './transfer.ts'

// GetDiagnostics (§6.1) and GetLog (whitepaper N01): the charger writes a file and sends it.

export type LogKind = 'diagnostics' | 'DiagnosticsLog' | 'SecurityLog'
export type LogOrder = {
  kind: LogKind
  requestId?: number
  location: string
  from?: Instant
  until?: Instant
  retries: number
  retryIntervalS: number
}

/** The file's name: what, whose, and when. */
export const logName = (station: Station, kind: LogKind): string =>
  `${station.identity.replace(/[^\w.-]/g, '_')}-${kind}-${timestamp(station).replace(/\D/g, '').slice(0, 14)}.log`

/** Stops what is being sent; true when something was. */
export function cancelUpload(station: Station): boolean {
  const running = station.upload
  running?.abort.abort()
  station.upload = undefined
  return running !== undefined
}

/** Sends the file, again as often as it was told to, and says how it goes. */
export async function uploadLog(station: Station, order: LogOrder, name: string): Promise<void> {
  const abort = new AbortController()
  const upload = { requestId: order.requestId, abort }
  station.upload = upload
  const body = Buffer.from(`${logLines(station, order).join('\n')}\n`)
  tell(station, order, 'Uploading')
  let sent: Sent = 'failed'
  for (let attempt = 0; attempt <= order.retries && !abort.signal.aborted; attempt++) {
    if (attempt > 0) await waitS(station, order.retryIntervalS, abort.signal)
    sent = await attemptUpload(station, order, name, body, abort.signal)
    if (sent !== 'failed') break
  }
  if (abort.signal.aborted || station.upload !== upload) return
  station.upload = undefined
  tell(station, order, END[order.kind === 'diagnostics' ? 'diagnostics' : 'log'][sent])
  station.changed()
}

const attemptUpload = (station: Station, order: LogOrder, name: string, body: Buffer, signal: AbortSignal): Promise<Sent> => {
  if (hasFault(station, (fault) => fault.failsTo === 'upload')) return Promise.resolve('failed')
  const ca = caOf(station)
  return send({ url: order.location, ca, signal, patienceMs: 30_000 }, station.model.uploadsBy, name, body)
}

export const caOf = (station: Station): string[] | undefined => {
  const roots = station.memory.roots.CentralSystemRootCertificate
  return roots.length > 0 ? roots : undefined
}

/** Depot seconds. */
export const waitS = (station: Station, seconds: number, signal: AbortSignal): Promise<unknown> =>
  wait((seconds * 1000) / station.clock.speed, undefined, { signal, ref: false }).catch(() => undefined)

const END: Record<'diagnostics' | 'log', Record<Sent, string>> = {
  diagnostics: { stored: 'Uploaded', denied: 'UploadFailed', bad: 'UploadFailed', unsupported: 'UploadFailed', failed: 'UploadFailed' },
  log: {
    stored: 'Uploaded',
    denied: 'PermissionDenied',
    bad: 'BadMessage',
    unsupported: 'NotSupportedOperation',
    failed: 'UploadFailure',
  },
}

function tell(station: Station, { kind, requestId }: LogOrder, status: string): void {
  if (kind === 'diagnostics') void station.link.call(messageId(), 'DiagnosticsStatusNotification', { status })
  else void station.link.call(messageId(), 'LogStatusNotification', { status, requestId })
}

/** What is going on now, for who asks by a trigger. */
export function tellUpload(station: Station, action: 'DiagnosticsStatusNotification' | 'LogStatusNotification'): void {
  const { upload } = station
  const isMine = upload && (action === 'LogStatusNotification') === (upload.requestId !== undefined)
  const payload: Payload = isMine
    ? { status: 'Uploading', ...(upload.requestId !== undefined && { requestId: upload.requestId }) }
    : { status: 'Idle' }
  void station.link.call(messageId(), action, payload)
}

/** The security log, or what went over the wire; no keys. */
export function logLines(station: Station, { kind, from, until }: Pick<LogOrder, 'kind' | 'from' | 'until'>): string[] {
  const within = (at: number) => (from === undefined || at >= from) && (until === undefined || at <= until)
  if (kind === 'SecurityLog') return station.memory.securityLog.filter((line) => within(Date.parse(line.split(' ')[0] ?? '')))
  const { sent, received } = station.link
  return [...sent.map((f) => ({ ...f, way: '>' })), ...received.map((f) => ({ ...f, way: '<' }))]
    .filter((f) => within(f.at))
    .sort((a, b) => a.realMs - b.realMs)
    .map((f) => `${new Date(f.at).toISOString()} ${f.way} ${f.payload.key === 'AuthorizationKey' ? `${f.action} (a new key)` : f.text}`)
}
