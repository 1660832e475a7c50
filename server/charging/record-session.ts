import type { ChargingEvent, Verdict } from '#lib/charging/event.ts'
import { endOf } from '#lib/charging/session-end.ts'
import { sameTag } from '#lib/charging/verdict.ts'
import { earliest, instant, iso, latest } from '#lib/time/instant.ts'
import { priceSession } from '../billing/price-session.ts'
import { reservationAt, useReservation } from '../reservations/use-reservation.ts'
import { findPort, homeVehicle } from '../store/port.ts'
import { guarded } from '../store/savepoint.ts'
import { findSessionByStartKey, findSessionOfCharger, nextDuty, type OpenSession, openSessions } from '../store/session.ts'
import { onPrisma } from '../store/sql.ts'
import { keepWhatSessionsName } from '../store/start-facts.ts'
import { findToken } from '../store/token.ts'
import { mayStopFor } from '../store/tokens.ts'
import { type Noted, noted, type Recording, write } from './recording.ts'

type Started = Extract<ChargingEvent, { kind: 'started' }>
export type Stopped = Extract<ChargingEvent, { kind: 'stopped' }>

const VERDICT_FLAG: Record<Verdict, string | undefined> = {
  accepted: undefined,
  invalid: 'unknownTag',
  blocked: 'blockedTag',
  expired: 'expiredTag',
  concurrent: 'busyTag',
}
/** Flags that tell how a message came, not that something is wrong. */
const HARMLESS = new Set(['deliveredLate', 'clockCorrected'])

/**
 * A transaction begins. The same StartTransaction again (charger, connector, idTag, timestamp, meterStart) finds its session,
 * also after a restart. An older session that is still open on the port is closed as superseded.
 */
export async function recordStarted(recording: Recording, event: Started): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const idTag = sameTag(event.idTag)
  const startKey = event.startKey ?? `${charger.id}|${event.port}|${idTag}|${iso(event.at)}|${event.meterStartWh}`
  const known = await findSessionByStartKey(db, startKey)
  if (known) return noted(recording, event, { portId: known.portId, session: known.id }, false)
  await keepWhatSessionsName(onPrisma(db))
  const flags = [...event.flags]
  const flag = VERDICT_FLAG[event.verdict]
  if (flag) flags.push(flag)
  let port = await findPort(db, charger.id, event.port)
  if (!port) {
    // the energy is real although the connector is not in our records: kept at the first port, for a person to look at
    const first = await db.port.findFirst({ where: { chargerId: charger.id }, orderBy: { number: 'asc' } })
    if (!first) {
      write(recording, 'review.unknownPort', `charger:${charger.id}`, { ...event })
      return noted(recording, event, {}, false)
    }
    port = await findPort(db, charger.id, first.number)
    flags.push('unknownPort')
  }
  const kept = await reservationAt(recording, event, idTag)
  if ('flag' in kept) flags.push(kept.flag)
  const portId = port!.id
  // its charger is told to end it (stop-all.ts)
  if (port!.outOfUse) flags.push('heldPort')
  // one at a connector that is not in our records takes the place of another such one; what is really at that port goes on, and so do its limits
  const unknown = flags.includes('unknownPort')
  await supersede(recording, portId, event, (open) => open.flags.includes('unknownPort') === unknown)
  // whatever it was told: a port with a session is in use, and may give what it holds
  await db.port.updateMany({ where: { id: portId, inoperativeAt: { not: null } }, data: { inoperativeAt: null } })
  const found = await findToken(db, idTag)
  const token = found?.depotId === charger.depotId ? found : undefined
  const { currency, plugAndGo } = await db.depot.findUniqueOrThrow({ where: { id: charger.depotId } })
  const vehicleId = token?.vehicleId ?? (token?.kind === 'central' || plugAndGo ? await homeVehicle(db, portId) : undefined)
  const session = await db.session.create({
    data: {
      depotId: charger.depotId,
      portId,
      idTag,
      tokenId: token?.id ?? null,
      vehicleId: vehicleId ?? null,
      driverId: token?.driverId ?? null,
      dutyId: (vehicleId && (await nextDuty(db, vehicleId, event.at))) || null,
      startKey,
      startedAt: new Date(event.at),
      receivedAt: new Date(receivedAt),
      meterStartWh: BigInt(event.meterStartWh),
      lastMeterWh: BigInt(event.meterStartWh),
      lastMeterAt: new Date(earliest(event.at, receivedAt)),
      currency,
      flags,
    },
  })
  const subject = `session:${session.id}`
  for (const { kind, data } of startedLines(event, session.id, portId, flags)) write(recording, kind, subject, data)
  const { reservationId: _, ...said } = event
  const plain = { ...said, flags }
  const used = await useReservation(recording, kept, session.id)
  recording.causes.push(`a session started at ${port!.bay}`)
  return noted(recording, used === undefined ? plain : { ...plain, reservationId: used }, { portId, session: session.id })
}

/** What the journal says of a start: that it began, and what a person should look at. */
export function startedLines(
  { idTag, meterStartWh, at, verdict }: Pick<Started, 'idTag' | 'meterStartWh' | 'at' | 'verdict'>,
  sessionId: number,
  portId: string,
  flags: string[],
): { kind: string; data: Record<string, unknown> }[] {
  const data = { sessionId, portId, idTag: sameTag(idTag), meterStartWh, at, verdict }
  const reviews = flags.filter((flag) => !HARMLESS.has(flag)).map((flag) => `review.${flag}`)
  return ['session.started', ...reviews].map((kind) => ({ kind, data }))
}

/** The charger forgot to end what was open (it crashed, or the end is still in its queue): the last reading is the end that we know. */
async function supersede(recording: Recording, portId: string, { at, meterStartWh }: Started, isMeant: (open: OpenSession) => boolean) {
  for (const open of await openSessions(recording.db, { portId })) {
    if (open.startedAt > at || !isMeant(open)) continue
    const lastWh = open.lastMeterWh ?? open.meterStartWh
    const unseenWh = meterStartWh - Number(lastWh)
    await recording.db.session.update({
      where: { id: open.id },
      data: {
        stoppedAt: new Date(latest(open.startedAt, open.lastMeterAt ? instant(open.lastMeterAt) : at)),
        meterStopWh: lastWh,
        stopReason: SUPERSEDED,
        flags: [...open.flags, 'superseded', ...(unseenWh > 0 ? [ENERGY_MISSING] : [])],
      },
    })
    write(recording, 'review.superseded', `session:${open.id}`, { sessionId: open.id, portId })
    if (unseenWh > 0) write(recording, `review.${ENERGY_MISSING}`, `session:${open.id}`, { fromWh: Number(lastWh), toWh: meterStartWh })
    await price(recording, open.id)
  }
}
const SUPERSEDED = 'Superseded'
/** The register rose between its last reading and the next start: that energy is in no bill until its end comes after all. */
const ENERGY_MISSING = 'energyMissing'

async function price(recording: Recording, sessionId: number) {
  const error = await guarded(recording.db, () => priceSession(recording.db, sessionId))
  if (error === undefined) return
  const { kind, data } = priceFailed(error)
  write(recording, kind, `session:${sessionId}`, data)
}

/** A transaction ends. Again the same: nothing new. An end for nothing we know is kept for review. */
export async function recordStopped(recording: Recording, event: Stopped): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const session = await findSessionOfCharger(db, event.sessionId, charger.id)
  const data = stopSaid(event)
  if (!session) {
    write(recording, 'review.stopForUnknown', `charger:${charger.id}`, data)
    return noted(recording, event, {}, false)
  }
  const ids = { portId: session.portId, session: session.id }
  const told: Stopped = { ...event, port: session.port.number }
  const subject = `session:${session.id}`
  if (session.stoppedAt !== null && session.stopReason !== SUPERSEDED) {
    const same = session.meterStopWh === BigInt(event.meterStopWh) && session.stopReason === event.reason
    if (!same && !session.flags.includes('stoppedTwice')) {
      await db.session.update({ where: { id: session.id }, data: { flags: { push: 'stoppedTwice' } } })
      write(recording, 'review.stoppedTwice', subject, data)
    }
    return noted(recording, told, ids, false)
  }
  // a card of the same group may end it (1.6 §4.10); the charger decided, a person looks at any other
  const stoppedBy = event.idTag === undefined ? session.idTag : sameTag(event.idTag)
  const byOther = stoppedBy !== session.idTag && !(await mayStopFor(db, session.idTag, stoppedBy))
  const running = {
    startedAt: instant(session.startedAt),
    meterStartWh: Number(session.meterStartWh),
    lastMeterWh: session.lastMeterWh === null ? null : Number(session.lastMeterWh),
    energyWh: Number(session.energyWh),
    flags: session.flags.filter((flag) => flag !== ENERGY_MISSING),
  }
  const end = endOf(running, { ...event, receivedAt, byOther })
  await db.session.update({
    where: { id: session.id },
    data: {
      stoppedAt: new Date(end.stoppedAt),
      meterStopWh: BigInt(event.meterStopWh),
      stopReason: event.reason,
      lastMeterWh: BigInt(event.meterStopWh),
      lastMeterAt: new Date(end.lastMeterAt),
      energyWh: BigInt(end.energyWh),
      flags: end.flags,
    },
  })
  await price(recording, session.id)
  for (const line of stoppedLines(event, session.portId, end.fresh)) write(recording, line.kind, subject, line.data)
  // the power of a session that ended is no longer drawn
  if (!event.late) await db.port.update({ where: { id: session.portId }, data: { powerW: 0, powerAt: new Date(receivedAt) } })
  recording.causes.push('a session ended')
  return noted(recording, told, ids)
}

const stopSaid = ({ sessionId, meterStopWh, reason, idTag, at, flags }: Stopped) => ({ sessionId, meterStopWh, reason, idTag, at, flags })

/** What the journal says of an end: that it came, and what a person should look at. */
export function stoppedLines(event: Stopped, portId: string, fresh: string[]): { kind: string; data: Record<string, unknown> }[] {
  const data = stopSaid(event)
  const reviews = fresh.filter((flag) => !HARMLESS.has(flag)).map((flag) => ({ kind: `review.${flag}`, data }))
  return [{ kind: 'session.stopped', data: { ...data, portId } }, ...reviews]
}

/** What the journal says of a price that cannot be worked out: it is for a person to look at, the session's end is recorded all the same. */
export const priceFailed = (error: unknown) => ({ kind: 'review.priceFailed', data: { reason: String(error).slice(0, 500) } })
