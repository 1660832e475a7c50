import { sameTag } from '#lib/charging/verdict.ts'
import { wattHours } from '#lib/units/units.ts'
import { authorise } from '../../charging/authorise.ts'
import { recorded, type Said, type Together } from '../said.ts'
import { idTagInfo } from './id-tag-info.ts'

type StartTransaction = { connectorId: number; idTag: string; meterStart: number; timestamp: string; reservationId?: number }

/**
 * A transaction began. It is recorded whatever the token is: its energy may have flowed offline; a refused token is told to the charger,
 * which ends it. Plain ones are recorded with those of other chargers (docs/decisions/010).
 */
export const startTransaction = recorded<StartTransaction>(oneByOne, together)

async function oneByOne(said: Said<StartTransaction>) {
  const { ctx, charger, payload, bent, time, record, opened, portId } = said
  const { connectorId, idTag, meterStart, timestamp, reservationId } = payload
  // it begins now at the latest: one dated in the future would hide those that follow it
  const { live: at, late, flags } = time(timestamp)
  const known = await portId(connectorId)
  // an offline start cannot be refused any more for a vehicle that charges elsewhere now
  const authorisation = await authorise(
    ctx.db.prisma,
    charger.depotId,
    idTag,
    at,
    late ? undefined : { ...(known ? { portId: known } : {}) },
  )
  const [event] = await record([
    {
      kind: 'started',
      at,
      port: connectorId,
      idTag,
      verdict: authorisation.verdict,
      meterStartWh: wattHours(meterStart),
      late,
      flags: [...flags, ...bent],
      ...(reservationId === undefined ? {} : { reservationId }),
      startKey: startKeyOf(said),
    },
  ])
  if (event?.session === undefined) return { transactionId: -1, idTagInfo: { status: 'Invalid' } }
  opened(connectorId, event.session)
  return { transactionId: event.session, idTagInfo: idTagInfo(authorisation) }
}

async function together(...[said, message, many]: Parameters<Together<StartTransaction>>): ReturnType<Together<StartTransaction>> {
  const { charger, payload, bent, time, arrival, openAt, opened } = said
  const { connectorId, idTag, meterStart, timestamp, reservationId } = payload
  // what is bent, reserved or not ours to know is for the path of one by one, and what is surely superseded need not be asked
  const portId = charger.ports.get(connectorId)
  if (bent.length > 0 || reservationId !== undefined || portId === undefined || openAt(connectorId) !== undefined) return undefined
  const { live: at, late, flags } = time(timestamp)
  const started = await many.start({
    chargerId: charger.id,
    depotId: charger.depotId,
    port: connectorId,
    portId,
    idTag,
    at,
    receivedAt: arrival.receivedAt,
    meterStartWh: wattHours(meterStart),
    late,
    flags,
    startKey: startKeyOf(said),
    message,
    answer: (authorisation, transactionId) => ({ transactionId, idTagInfo: idTagInfo(authorisation) }),
  })
  if (started) opened(connectorId, started.sessionId)
  return started
}

/** What a retry repeats: the device's own words, since the correction of its clock may change meanwhile. */
const startKeyOf = ({ charger, payload: { connectorId, idTag, meterStart, timestamp } }: Said<StartTransaction>): string =>
  `${charger.id}|${connectorId}|${sameTag(idTag)}|${timestamp}|${meterStart}`
