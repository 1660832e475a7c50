import { assertNever, notFound } from '#lib/api/problem.ts'
import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { fallbackProfile, limitProfile, type ProfileTarget, unitOf } from '#lib/ocpp/profile16.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { pointsOn } from '#lib/planning/set-point.ts'
import { milliamps, watts } from '#lib/units/units.ts'
import type { ChargerAnswer, ChargerCall, Ctx } from '../runtime.ts'

export type Call16 = { action: string; payload: Record<string, unknown> }

/** What we ask, in the words of OCPP 1.6. Limits need the port's electrics and the charger's ways, which are read from the records. */
export async function call16(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  chargerId: string,
  call: ChargerCall,
  deviceOffsetMs: number,
): Promise<Call16> {
  switch (call.kind) {
    case 'remoteStart':
      return { action: 'RemoteStartTransaction', payload: { connectorId: call.port, idTag: call.idTag } }
    case 'remoteStop':
      return { action: 'RemoteStopTransaction', payload: { transactionId: call.sessionId } }
    case 'setFallback': {
      const target = await targetOf(ctx, chargerId, call.port)
      return { action: 'SetChargingProfile', payload: { connectorId: call.port, csChargingProfiles: fallbackProfile(target, call.limitW) } }
    }
    case 'setLimit': {
      const whole = await targetOf(ctx, chargerId, call.port)
      const target = call.phases === undefined ? whole : { ...whole, points: pointsOn(whole.points, call.phases) }
      const offsetMs = Math.abs(deviceOffsetMs) > skewThreshold(ctx.clock.speed) ? deviceOffsetMs : 0
      const profile = limitProfile(target, call.sessionId, call.steps, ctx.clock.now(), offsetMs)
      return { action: 'SetChargingProfile', payload: { connectorId: call.port, csChargingProfiles: profile } }
    }
    case 'clearLimits':
      return { action: 'ClearChargingProfile', payload: call.port === undefined ? {} : { connectorId: call.port } }
    case 'compositeLimit': {
      const target = await targetOf(ctx, chargerId, call.port)
      return {
        action: 'GetCompositeSchedule',
        payload: { connectorId: call.port, duration: call.durationS, chargingRateUnit: unitOf(target) },
      }
    }
    case 'availability':
      return { action: 'ChangeAvailability', payload: { connectorId: call.port, type: call.operative ? 'Operative' : 'Inoperative' } }
    case 'reset':
      return { action: 'Reset', payload: { type: call.how } }
    case 'trigger':
      return {
        action: 'TriggerMessage',
        payload: { requestedMessage: call.message, ...(call.port === undefined ? {} : { connectorId: call.port }) },
      }
    case 'getConfiguration':
      return { action: 'GetConfiguration', payload: call.keys ? { key: call.keys } : {} }
    case 'changeConfiguration':
      return { action: 'ChangeConfiguration', payload: { key: call.key, value: call.value } }
    case 'message':
      return { action: call.action, payload: call.payload }
    default:
      return assertNever(call)
  }
}

/** Answers whose message has no status: an answer is all there is. */
const WITHOUT_STATUS = new Set(['GetConfiguration', 'GetDiagnostics', 'GetLocalListVersion', 'UpdateFirmware'])
/** What each status of 1.6 and of the security whitepaper means. */
const STATUS: Record<string, 'accepted' | 'refused'> = {
  Accepted: 'accepted',
  AcceptedCanceled: 'accepted',
  Scheduled: 'accepted',
  RebootRequired: 'accepted',
  Unlocked: 'accepted',
  Rejected: 'refused',
  NotSupported: 'refused',
  NotImplemented: 'refused',
  Failed: 'refused',
  Unknown: 'refused',
  UnlockFailed: 'refused',
  VersionMismatch: 'refused',
  Occupied: 'refused',
  Faulted: 'refused',
  Unavailable: 'refused',
  NotFound: 'refused',
  InvalidCertificate: 'refused',
  RevokedCertificate: 'refused',
  UnknownMessageId: 'refused',
  UnknownVendorId: 'refused',
}

/** The statuses of 1.6 in our words. An answer that cannot be read is no refusal: the charger may be following what it got. */
export function answer16({ action }: Call16, response: unknown): ChargerAnswer {
  if (typeof response !== 'object' || response === null) return { kind: 'timeout', response }
  const { status } = response as { status?: unknown }
  if (WITHOUT_STATUS.has(action)) return { kind: 'accepted', response }
  // there was nothing to clear
  if (action === 'ClearChargingProfile' && status === 'Unknown') return { kind: 'accepted', response }
  const meaning = typeof status === 'string' && Object.hasOwn(STATUS, status) ? STATUS[status] : undefined
  if (meaning === undefined || typeof status !== 'string') return { kind: 'timeout', response }
  if (meaning === 'refused') return { kind: 'refused', reason: status, response }
  if (status === 'Scheduled') return { kind: 'accepted', response, detail: 'scheduled' }
  if (status === 'RebootRequired') return { kind: 'accepted', response, detail: 'rebootRequired' }
  return { kind: 'accepted', response }
}

/** Stops first, reads last. */
export const priorityOf = (call: ChargerCall): 'stop' | 'limit' | 'read' => {
  switch (call.kind) {
    case 'remoteStop':
    case 'reset':
      return 'stop'
    case 'availability':
      return call.operative ? 'limit' : 'stop'
    case 'setLimit':
    case 'setFallback':
    case 'clearLimits':
    case 'remoteStart':
      return 'limit'
    case 'message':
      return STOPS.has(call.action) ? 'stop' : LIMITS.has(call.action) ? 'limit' : 'read'
    default:
      return 'read'
  }
}
const STOPS = new Set(['RemoteStopTransaction', 'Reset', 'UnlockConnector', 'ChangeAvailability'])
const LIMITS = new Set(['RemoteStartTransaction', 'SetChargingProfile', 'ClearChargingProfile'])

/** Of these only the newest counts. */
export const slotOf = (call: ChargerCall): string | undefined =>
  call.kind === 'setLimit' || call.kind === 'setFallback' ? `${call.kind} ${call.port}` : undefined

async function targetOf({ db }: Pick<Ctx, 'db'>, chargerId: string, number: number): Promise<ProfileTarget> {
  const port = await db.prisma.port.findUnique({ where: { chargerId_number: { chargerId, number } }, include: { charger: true } })
  if (!port) throw notFound('port', `${chargerId} ${number}`)
  return {
    port: number,
    points: {
      minW: watts(port.minW),
      maxW: watts(port.maxW),
      stepMa: milliamps(port.stepMa),
      circuit: { volts: port.volts, wiring: port.wiring === 'L-L' ? 'L-L' : 'L-N', phases: port.phases as 1 | 2 | 3 },
    },
    quirks: readQuirks(port.charger.quirks),
  }
}
