import { z } from 'zod'
import { CONFIGURATION_ANSWERS } from './answers-configuration.ts'
import { FILE_ANSWERS } from './answers-files.ts'
import { RESERVATION_ANSWERS } from './answers-reservation.ts'
import { SECURITY_ANSWERS, signCertificate } from './answers-security.ts'
import { SMART_CHARGING_ANSWERS } from './answers-smart-charging.ts'
import { isKept, remoteStart } from './authorise.ts'
import { boot, heartbeat } from './boot.ts'
import { tellFirmware } from './firmware-update.ts'
import type { Payload } from './frame.ts'
import type { Answer } from './link.ts'
import { tellUpload } from './log-upload.ts'
import { meterValue } from './metering.ts'
import { reset } from './power.ts'
import { NOT_SUPPORTED, type Row, row, say } from './row.ts'
import { findPort, flash, hasFault, messageId, type Port, type Station, setting } from './station.ts'
import { refreshStatus, sendStatus, wholeStatus } from './status.ts'
import { endTransaction, sampleTransaction } from './transaction.ts'

// What the central system asks of the charger: a row per message.

const idTag = z.string().max(20)
const trigger = z.object({ requestedMessage: z.string(), connectorId: z.int().optional() })

const CORE_ANSWERS: Record<string, Row> = {
  RemoteStartTransaction: row(
    z.object({ connectorId: z.int().optional(), idTag, chargingProfile: z.record(z.string(), z.unknown()).optional() }),
    (station, request) => {
      const port = request.connectorId === undefined ? freePort(station, request.idTag) : findPort(station, request.connectorId)
      if (!port || !isFree(station, port) || isKept(station, port, request.idTag) || station.registration !== 'Accepted')
        return say('Rejected')
      return say('Accepted', () => void remoteStart(station, port, request.idTag, request.chargingProfile))
    },
  ),

  RemoteStopTransaction: row(z.object({ transactionId: z.int() }), (station, { transactionId }) => {
    const port = station.ports.find((p) => flash(station, p).transaction?.transactionId === transactionId)
    return port ? say('Accepted', () => endTransaction(station, port, 'Remote')) : say('Rejected')
  }),

  ChangeAvailability: row(z.object({ connectorId: z.int(), type: z.enum(['Operative', 'Inoperative']) }), (station, request) => {
    const operative = request.type === 'Operative'
    const asked = request.connectorId === 0 ? station.ports : station.ports.filter((p) => p.number === request.connectorId)
    if (asked.length === 0) return say('Rejected')
    if (request.connectorId === 0) station.memory.operative = operative
    for (const port of asked) flash(station, port).operative = operative
    // a running transaction is finished first (§5.2)
    const waits = !operative && asked.some((port) => flash(station, port).transaction)
    return say(waits ? 'Scheduled' : 'Accepted', () => {
      if (request.connectorId === 0) sendStatus(station, 0, wholeStatus(station))
      for (const port of asked) refreshStatus(station, port)
    })
  }),

  Reset: row(z.object({ type: z.enum(['Hard', 'Soft']) }), (station, { type }) => say('Accepted', () => reset(station, type))),

  UnlockConnector: row(z.object({ connectorId: z.int() }), (station, { connectorId }) => {
    const port = findPort(station, connectorId)
    if (!port) return say('NotSupported')
    if (hasFault(station, (fault) => fault.isJammed)) return say('UnlockFailed')
    return say('Unlocked', () => endTransaction(station, port, 'UnlockCommand'))
  }),

  TriggerMessage: row(trigger, (station, request) => triggered(station, request, TRIGGERS)),
  ExtendedTriggerMessage: row(trigger, (station, request) => triggered(station, request, EXTENDED_TRIGGERS)),

  DataTransfer: row(z.object({ vendorId: z.string() }), () => say('UnknownVendorId')),
}

type Trigger = (station: Station, ports: Port[], connectorId?: number) => void

const COMMON_TRIGGERS: Record<string, Trigger> = {
  BootNotification: (station) => void boot(station),
  Heartbeat: (station) => void heartbeat(station),
  MeterValues: (station, ports) => {
    for (const port of ports) {
      if (flash(station, port).transaction) sampleTransaction(station, port, 'Trigger')
      else sampleIdle(station, port)
    }
  },
  StatusNotification: (station, ports, connectorId) => {
    if (!connectorId) sendStatus(station, 0, wholeStatus(station))
    for (const port of ports) sendStatus(station, port.number, port.status)
  },
}

const TRIGGERS: Record<string, Trigger> = {
  ...COMMON_TRIGGERS,
  DiagnosticsStatusNotification: (station) => tellUpload(station, 'DiagnosticsStatusNotification'),
  FirmwareStatusNotification: (station) => tellFirmware(station, false),
}
/** Of the security whitepaper: asks for certificates, too, and for the states of signed updates and logs. */
const EXTENDED_TRIGGERS: Record<string, Trigger> = {
  ...COMMON_TRIGGERS,
  LogStatusNotification: (station) => tellUpload(station, 'LogStatusNotification'),
  FirmwareStatusNotification: (station) => tellFirmware(station, true),
  SignChargePointCertificate: (station) => signCertificate(station),
}

function triggered(station: Station, request: z.infer<typeof trigger>, table: Record<string, Trigger>): Answer {
  const send = Object.hasOwn(table, request.requestedMessage) ? table[request.requestedMessage] : undefined
  if (!send) return say('NotImplemented')
  const ports = request.connectorId ? station.ports.filter((p) => p.number === request.connectorId) : station.ports
  if (ports.length === 0) return say('Rejected')
  return say('Accepted', () => send(station, ports, request.connectorId))
}

/** A reading outside a transaction is live news: it is not kept for later. */
export function sampleIdle(station: Station, port: Port, context: 'Trigger' | 'Sample.Clock' = 'Trigger'): void {
  const wanted = setting(station, context === 'Trigger' ? 'MeterValuesSampledData' : 'MeterValuesAlignedData')
  const payload = { connectorId: port.number, meterValue: [meterValue(station, port, wanted, context)] }
  void station.link.call(messageId(), 'MeterValues', payload)
}

const isFree = (station: Station, port: Port): boolean =>
  !flash(station, port).transaction && !port.armed && port.status !== 'Unavailable' && port.status !== 'Faulted'
/** Without a connectorId the charger chooses: a waiting cable first. */
const freePort = (station: Station, idTag: string): Port | undefined => {
  const free = station.ports.filter((port) => isFree(station, port) && !isKept(station, port, idTag))
  return free.find((port) => port.load) ?? free[0]
}

const ANSWERS: Record<string, Row> = {
  ...CORE_ANSWERS,
  ...SMART_CHARGING_ANSWERS,
  ...CONFIGURATION_ANSWERS,
  ...FILE_ANSWERS,
  ...RESERVATION_ANSWERS,
  ...SECURITY_ANSWERS,
}

/** Answers a CALL. A message nobody knows is NotImplemented (OCPP-J §4.2.3). */
export function answerCall(station: Station, action: string, payload: Payload): Answer | undefined {
  // a rejected charger does not serve (§4.2)
  if (station.power === 'off' || station.registration === 'Rejected') return undefined
  if (hasFault(station, (fault) => fault.refuses?.has(action))) return { kind: 'result', payload: { status: 'Rejected' } }
  if (station.model.lacks.includes(action)) return NOT_SUPPORTED(station, payload)
  const found = Object.hasOwn(ANSWERS, action) ? ANSWERS[action] : undefined
  return found?.(station, payload) ?? { kind: 'error', code: 'NotImplemented', description: '' }
}
