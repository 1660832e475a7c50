import { plus, seconds } from '#lib/time/instant.ts'
import type { Payload } from './frame.ts'
import { known, remember } from './known-tags.ts'
import type { Queued, TagInfo } from './memory.ts'
import { meterValue, readMeter } from './metering.ts'
import { storeRules } from './obeying.ts'
import { profileSchema } from './profile.ts'
import { endOfTransaction, install } from './profile-store.ts'
import { enqueue } from './queue.ts'
import { useReservation } from './reservation.ts'
import { count, deviceNow, flash, hasFault, isOn, messageId, type Port, type Station, setting, timestamp } from './station.ts'
import { refreshStatus } from './status.ts'

// A transaction's beginning, its samples and its end.

export type StopReason =
  | 'DeAuthorized'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand'

export function beginTransaction(station: Station, port: Port, idTag: string, profile?: Payload): void {
  const { memory } = station
  const key = memory.nextKey++
  const meterStartWh = Math.round(readMeter(station, port).registerWh)
  flash(station, port).transaction = { key, idTag, startedAt: deviceNow(station), meterStartWh }
  port.armed = undefined
  port.finished = false
  if (profile) installForStart(station, port, profile)
  port.sampleDueAt = plus(station.at, seconds(count(station, 'MeterValueSampleInterval')))
  const reservationId = useReservation(station, port, idTag, station.groups.get(idTag) ?? known(station, idTag)?.parentIdTag)
  const start = { connectorId: port.number, idTag, meterStart: meterStartWh, timestamp: timestamp(station) }
  const payload = reservationId === undefined ? start : { ...start, reservationId }
  enqueue(station, 'StartTransaction', payload, key)
  refreshStatus(station, port)
}

/** The profile that came with RemoteStartTransaction belongs to the transaction it starts (§5.11). */
function installForStart(station: Station, port: Port, profile: Payload): void {
  const parsed = profileSchema.safeParse(profile)
  if (!parsed.success) return
  const outcome = install(station.memory.profiles, storeRules(station), port.number, parsed.data, station.at)
  if (outcome.status === 'Accepted') station.memory.profiles = outcome.profiles
}

/** A periodic sample of a running transaction; it waits in the queue like Start and Stop. */
export function sampleTransaction(station: Station, port: Port, context: 'Sample.Periodic' | 'Sample.Clock' | 'Trigger'): void {
  const { transaction } = flash(station, port)
  if (!transaction) return
  const wanted = setting(station, context === 'Sample.Clock' ? 'MeterValuesAlignedData' : 'MeterValuesSampledData')
  enqueue(station, 'MeterValues', { connectorId: port.number, meterValue: [meterValue(station, port, wanted, context)] }, transaction.key)
}

export function endTransaction(station: Station, port: Port, reason: StopReason, idTag?: string): void {
  const kept = flash(station, port)
  const { transaction } = kept
  if (!transaction) return
  const sampled = setting(station, 'StopTxnSampledData')
  const meterStop = Math.round(readMeter(station, port).registerWh)
  const transactionData = sampled ? [meterValue(station, port, sampled, 'Transaction.End')] : undefined
  const payload = { meterStop, timestamp: timestamp(station), reason, ...(idTag && { idTag }), ...(transactionData && { transactionData }) }
  kept.transaction = undefined
  station.memory.profiles = endOfTransaction(station.memory.profiles, port.number)
  Object.assign(port, { pilotAmps: 0, powerW: 0, sampleDueAt: undefined, finished: port.load !== undefined })
  enqueue(station, 'StopTransaction', payload, transaction.key)
  refreshStatus(station, port)
}

/** What the central system's answer means for the transaction that goes on meanwhile. */
export function answered(station: Station, message: Queued, sent: Payload, answer: Payload): void {
  const info = answer.idTagInfo as TagInfo | undefined
  if (info && typeof sent.idTag === 'string') remember(station, sent.idTag, info)
  if (message.action !== 'StartTransaction') return
  const transactionId = Number(answer.transactionId)
  station.memory.named[message.transaction] = transactionId
  if (hasFault(station, (fault) => fault.repeats)) void station.link.call(messageId(), 'StartTransaction', sent)
  const port = station.ports.find((p) => flash(station, p).transaction?.key === message.transaction)
  if (!port) return
  flash(station, port).transaction!.transactionId = transactionId
  if (info && info.status !== 'Accepted' && isOn(station, 'StopTransactionOnInvalidId')) endTransaction(station, port, 'DeAuthorized')
}
