import type { ChargingEvent } from '#lib/charging/event.ts'
import { type MeterValue16, readings16 } from '#lib/ocpp/reading16.ts'
import { wattHours } from '#lib/units/units.ts'
import { authorise } from '../../charging/authorise.ts'
import { recorded } from '../said.ts'
import { idTagInfo } from './id-tag-info.ts'

type StopTransaction = {
  transactionId: number
  meterStop: number
  timestamp: string
  idTag?: string
  reason?: string
  transactionData?: MeterValue16[]
}

/** A transaction ended. The charger repeats this until it is answered, so it is accepted always; what is odd is for a person to review. */
export const stopTransaction = recorded<StopTransaction>(
  async ({ ctx, charger, payload, bent, arrival, time, record, sessionOf, closed }) => {
    const { transactionId, meterStop, timestamp, idTag, reason = 'Local', transactionData = [] } = payload
    const { at, late, flags } = time(timestamp)
    const session = await sessionOf(transactionId)
    const events: ChargingEvent[] = []
    const readings = readings16(transactionData, arrival)
    if (session && readings.length > 0) events.push({ kind: 'metered', port: session.port, sessionId: session.id, readings, late: true })
    events.push({
      kind: 'stopped',
      at,
      port: session?.port ?? 0,
      sessionId: transactionId,
      meterStopWh: wattHours(meterStop),
      reason,
      ...(idTag === undefined ? {} : { idTag }),
      late,
      flags: [...flags, ...bent],
    })
    await record(events)
    if (session) closed(session.id)
    return idTag === undefined ? {} : { idTagInfo: idTagInfo(await authorise(ctx.db.prisma, charger.depotId, idTag, at)) }
  },
)
