import { iso } from '#lib/time/instant.ts'
import { registrationOf } from '../../store/provisioning.ts'
import { recorded } from '../said.ts'

type BootNotification = {
  chargePointVendor: string
  chargePointModel: string
  chargePointSerialNumber?: string
  chargeBoxSerialNumber?: string
  firmwareVersion?: string
  meterType?: string
  meterSerialNumber?: string
  iccid?: string
  imsi?: string
}

/** Seconds between heartbeats, on the device's own clock. A dead socket is noticed by WebSocket pings, long before. */
export const HEARTBEAT_S = 300

const STATUS: Record<string, string> = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' }

/**
 * A charger begins. It is told its registration as it is in the books now, and, unless it is accepted, after how many seconds it may ask
 * again (OCPP 1.6 §4.2). What it says of itself is kept in any case: the operator decides by it. The endpoint commissions it after this
 * answer, a pending one too.
 */
export const bootNotification = recorded<BootNotification>(async ({ payload, arrival, record, ctx, charger, booted }) => {
  const before = charger.registration
  const { registration, registrationRetryS } = await registrationOf(ctx.db.prisma, charger.id)
  charger.registration = registration
  charger.registrationRetryS = registrationRetryS
  const accepted = registration === 'accepted'
  const serial = payload.chargePointSerialNumber ?? payload.chargeBoxSerialNumber
  // one that waits asks again and again: that is no new boot
  if (accepted || !booted || registration !== before)
    await record([
      {
        kind: 'booted',
        at: arrival.receivedAt,
        vendor: payload.chargePointVendor,
        model: payload.chargePointModel,
        ...(serial === undefined ? {} : { serial }),
        ...(payload.firmwareVersion === undefined ? {} : { firmware: payload.firmwareVersion }),
        meter: {
          meterType: payload.meterType ?? null,
          meterSerial: payload.meterSerialNumber ?? null,
          iccid: payload.iccid ?? null,
          imsi: payload.imsi ?? null,
        },
      },
    ])
  return { status: STATUS[registration], currentTime: iso(ctx.clock.now()), interval: accepted ? HEARTBEAT_S : registrationRetryS }
})
