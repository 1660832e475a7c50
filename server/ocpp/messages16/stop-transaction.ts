import type { ChargingEvent } from '#lib/charging/event.ts'
import { type MeterValue16, readings16 } from '#lib/ocpp/reading16.ts'
import { wattHours } from '#lib/units/units.ts'
import { authorise } from '../../charging/authorise.ts'
import { sessionEnded } from '../../charging/own-id.ts'
import { isSessionId } from '../../store/session.ts'
import { recorded, type Said, type Together } from '../said.ts'
import { idTagInfo } from './id-tag-info.ts'

type StopTransaction = {
  transactionId: number
  meterStop: number
  timestamp: string
  idTag?: string
  reason?: string
  transactionData?: MeterValue16[]
}

/**
 * A transaction ended. The charger repeats this until it is answered, so it is accepted always; what is odd is for a person to review.
 * Ends of open sessions are recorded with those of other chargers (docs/decisions/010).
 */
export const stopTransaction = recorded<StopTransaction>(oneByOne, together)

const told = ({ payload, bent, time }: Said<StopTransaction>) => {
  const { meterStop, timestamp, idTag, reason = 'Local' } = payload
  const { live: at, late, flags } = time(timestamp)
  return { at, meterStopWh: wattHours(meterStop), reason, ...(idTag === undefined ? {} : { idTag }), late, flags: [...flags, ...bent] }
}

async function oneByOne(said: Said<StopTransaction>) {
  const { ctx, charger, payload, arrival, record, review, sessionOf, closed } = said
  const { transactionId, idTag, transactionData = [] } = payload
  const stop = told(said)
  const ours = await sessionOf(transactionId)
  const session = ours ?? (await sessionEnded(ctx.db.prisma, charger.id, transactionId, { at: stop.at, idTag, meterWh: stop.meterStopWh }))
  if (session && !ours) review('session.ownId', { sessionId: session.id, transactionId })
  const events: ChargingEvent[] = []
  const readings = readings16(transactionData, arrival)
  if (session && readings.length > 0) events.push({ kind: 'metered', port: session.port, sessionId: session.id, readings, late: true })
  events.push({ kind: 'stopped', port: session?.port ?? 0, sessionId: session?.id ?? transactionId, ...stop })
  await record(events)
  if (session) closed(session.id)
  return idTag === undefined ? {} : { idTagInfo: idTagInfo(await authorise(ctx.db.prisma, charger.depotId, idTag, stop.at)) }
}

async function together(...[said, message, many]: Parameters<Together<StopTransaction>>): ReturnType<Together<StopTransaction>> {
  const { charger, payload, arrival, closed } = said
  const { transactionId, transactionData = [] } = payload
  if (!isSessionId(transactionId)) return undefined
  const stopped = await many.stop({
    chargerId: charger.id,
    depotId: charger.depotId,
    sessionId: transactionId,
    receivedAt: arrival.receivedAt,
    ...told(said),
    readings: readings16(transactionData, arrival),
    message,
    answer: (authorisation): Record<string, unknown> => (authorisation ? { idTagInfo: idTagInfo(authorisation) } : {}),
  })
  if (stopped) closed(transactionId)
  return stopped
}
