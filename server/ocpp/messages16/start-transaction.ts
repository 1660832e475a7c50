import { sameTag } from '#lib/charging/verdict.ts'
import { wattHours } from '#lib/units/units.ts'
import { authorise } from '../../charging/authorise.ts'
import { recorded } from '../said.ts'
import { idTagInfo } from './id-tag-info.ts'

type StartTransaction = { connectorId: number; idTag: string; meterStart: number; timestamp: string; reservationId?: number }

/**
 * A transaction began. It is recorded whatever the token is: its energy may have flowed offline; a refused token is told to the charger,
 * which ends it. The key of a retry is made of the device's own words, since the correction of its clock may change meanwhile.
 */
export const startTransaction = recorded<StartTransaction>(async ({ ctx, charger, payload, bent, time, record, opened, portId }) => {
  const { connectorId, idTag, meterStart, timestamp, reservationId } = payload
  const { at, late, flags } = time(timestamp)
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
      startKey: `${charger.id}|${connectorId}|${sameTag(idTag)}|${timestamp}|${meterStart}`,
    },
  ])
  if (event?.session === undefined) return { transactionId: -1, idTagInfo: { status: 'Invalid' } }
  opened(connectorId, event.session)
  return { transactionId: event.session, idTagInfo: idTagInfo(authorisation) }
})
