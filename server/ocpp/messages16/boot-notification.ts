import { iso } from '#lib/time/instant.ts'
import { recorded } from '../said.ts'

type BootNotification = {
  chargePointVendor: string
  chargePointModel: string
  chargePointSerialNumber?: string
  chargeBoxSerialNumber?: string
  firmwareVersion?: string
}

/** Seconds between heartbeats, on the device's own clock. A dead socket is noticed by WebSocket pings, long before. */
export const HEARTBEAT_S = 300

/** A charger with a right key is welcome at once; the endpoint commissions it after this answer. */
export const bootNotification = recorded<BootNotification>(async ({ payload, arrival, record, ctx }) => {
  const serial = payload.chargePointSerialNumber ?? payload.chargeBoxSerialNumber
  await record([
    {
      kind: 'booted',
      at: arrival.receivedAt,
      vendor: payload.chargePointVendor,
      model: payload.chargePointModel,
      ...(serial === undefined ? {} : { serial }),
      ...(payload.firmwareVersion === undefined ? {} : { firmware: payload.firmwareVersion }),
    },
  ])
  return { status: 'Accepted', currentTime: iso(ctx.clock.now()), interval: HEARTBEAT_S }
})
