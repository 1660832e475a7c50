import type { Reading } from '#lib/charging/event.ts'
import { type MeterValue16, readings16 } from '#lib/ocpp/reading16.ts'
import { earliest } from '#lib/time/instant.ts'
import { sessionMeant } from '../../charging/own-id.ts'
import type { Gathered, Handler, Heard } from '../said.ts'

type MeterValues = { connectorId: number; transactionId?: number; meterValue: MeterValue16[] }

const ODD = new Set(['futureTime', 'absurdTime', 'unreadableTime', 'unreadableValue'])

/** Readings go to their port, and to the session named or, without a name, to the one that is open there. Connector 0 is the charger's main meter. */
export const meterValues: Handler<MeterValues> = {
  kind: 'batched',
  gather(heard) {
    const { charger, payload, arrival, openAt, metBefore } = heard
    const { connectorId, transactionId } = payload
    const readings = readings16(payload.meterValue, arrival)
    if (readings.length === 0 || connectorId === 0) return { answer: {} }
    const port = charger.ports.get(connectorId)
    const session = transactionId === undefined ? openAt(connectorId) : metBefore(transactionId)?.id
    // nearly all come from a port and for a session that this socket has met: they need no question to the database
    if (port === undefined || (transactionId !== undefined && session === undefined)) return askedFor(heard, readings)
    return placed(heard, readings, port, session)
  },
}

async function askedFor(heard: Heard<MeterValues>, readings: Reading[]): Promise<Gathered> {
  const { payload, review, openAt, portId } = heard
  const { connectorId, transactionId } = payload
  const port = await portId(connectorId)
  if (port === undefined) {
    review('unknownPort', { connectorId, transactionId })
    return { answer: {} }
  }
  const session = transactionId === undefined ? openAt(connectorId) : await named(heard, transactionId, readings)
  if (transactionId !== undefined && session === undefined) {
    review('meterForUnknown', { connectorId, transactionId })
    for (const reading of readings) reading.flags.push('unknownTransaction')
  }
  return placed(heard, readings, port, session)
}

/** The session of a transaction id, also where that is the charger's own and can only mean one. */
async function named(
  { ctx, charger, payload: { connectorId: port }, review, sessionOf, openAt }: Heard<MeterValues>,
  transactionId: number,
  readings: Reading[],
): Promise<number | undefined> {
  const ours = await sessionOf(transactionId)
  // a charger that always writes -1 asks the database only while something is open there
  if (ours || openAt(port) === undefined) return ours?.id
  const at = earliest(...readings.map((each) => each.at))
  const registers = readings.flatMap(({ energyWh }) => energyWh ?? [])
  const meterWh = registers.length > 0 ? Math.min(...registers) : undefined
  const meant = await sessionMeant(ctx.db.prisma, charger.id, transactionId, { at, port, meterWh })
  if (meant) review('session.ownId', { sessionId: meant.id, transactionId })
  return meant?.id
}

function placed(
  { charger, payload: { connectorId }, arrival: { receivedAt }, bent, review }: Heard<MeterValues>,
  readings: Reading[],
  portId: string,
  session: number | undefined,
): Gathered {
  for (const { flags } of readings) for (const flag of flags) if (ODD.has(flag)) review(flag, { connectorId, action: 'MeterValues' })
  if (bent.includes('timeWithoutZone')) for (const reading of readings) reading.flags.push('timeWithoutZone')
  const late = readings.every(({ flags }) => flags.includes('deliveredLate'))
  const { depotId, id: chargerId } = charger
  const event = { kind: 'metered' as const, port: connectorId, readings, late, depotId, chargerId, portId, receivedAt }
  return { answer: {}, event: session === undefined ? event : { ...event, sessionId: session, session } }
}
