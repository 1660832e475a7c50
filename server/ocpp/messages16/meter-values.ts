import { type MeterValue16, readings16 } from '#lib/ocpp/reading16.ts'
import type { Handler } from '../said.ts'

type MeterValues = { connectorId: number; transactionId?: number; meterValue: MeterValue16[] }

const ODD = new Set(['futureTime', 'absurdTime', 'unreadableTime', 'unreadableValue'])

/** Readings go to their port, and to the session named or, without a name, to the one that is open there. Connector 0 is the charger's main meter. */
export const meterValues: Handler<MeterValues> = {
  kind: 'batched',
  async gather({ charger, payload, arrival, bent, review, sessionOf, openAt, portId }) {
    const { connectorId, transactionId, meterValue } = payload
    const readings = readings16(meterValue, arrival)
    if (readings.length === 0 || connectorId === 0) return { answer: {}, adds: {} }
    const port = await portId(connectorId)
    if (port === undefined) {
      review('unknownPort', { connectorId, transactionId })
      return { answer: {}, adds: {} }
    }
    const session = transactionId === undefined ? openAt(connectorId) : (await sessionOf(transactionId))?.id
    if (transactionId !== undefined && session === undefined) {
      review('meterForUnknown', { connectorId, transactionId })
      for (const reading of readings) reading.flags.push('unknownTransaction')
    }
    for (const { flags } of readings) for (const flag of flags) if (ODD.has(flag)) review(flag, { connectorId, action: 'MeterValues' })
    if (bent.includes('timeWithoutZone')) for (const reading of readings) reading.flags.push('timeWithoutZone')
    const late = readings.every(({ flags }) => flags.includes('deliveredLate'))
    const { receivedAt } = arrival
    return {
      answer: {},
      adds: {
        metered: [{ portId: port, sessionId: session, readings, late, receivedAt }],
        events: [
          {
            kind: 'metered',
            port: connectorId,
            ...(session === undefined ? {} : { sessionId: session, session }),
            readings,
            late,
            depotId: charger.depotId,
            chargerId: charger.id,
            portId: port,
            receivedAt,
          },
        ],
      },
    }
  },
}
