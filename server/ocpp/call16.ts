import { assertNever, notFound } from '#lib/api/problem.ts'
import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { fallbackProfile, limitProfile, type ProfileTarget, unitOf } from '#lib/ocpp/profile16.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
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
      const target = await targetOf(ctx, chargerId, call.port)
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
    default:
      return assertNever(call)
  }
}

/** The statuses of 1.6 in our words. An answer that cannot be read is no refusal: the charger may be following what it got. */
export function answer16({ action }: Call16, response: unknown): ChargerAnswer {
  if (typeof response !== 'object' || response === null) return { kind: 'timeout' }
  const status = (response as { status?: unknown }).status
  if (action === 'GetConfiguration') return { kind: 'accepted', response }
  switch (status) {
    case 'Accepted':
      return { kind: 'accepted', response }
    case 'Scheduled':
      return { kind: 'accepted', response, detail: 'scheduled' }
    case 'RebootRequired':
      return { kind: 'accepted', response, detail: 'rebootRequired' }
    case 'Unknown':
      // ClearChargingProfile: there was nothing to clear
      return action === 'ClearChargingProfile' ? { kind: 'accepted', response } : { kind: 'refused', reason: 'Unknown', response }
    case 'Rejected':
    case 'NotSupported':
    case 'NotImplemented':
    case 'Failed':
      return { kind: 'refused', reason: status, response }
    default:
      return { kind: 'timeout' }
  }
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
    default:
      return 'read'
  }
}

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
