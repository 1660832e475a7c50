import { randomBytes } from 'node:crypto'
import { notFound, problem } from '#lib/api/problem.ts'
import type { Reserved } from '#lib/api/reservation.ts'
import { refusalWords } from '#lib/charging/reservation.ts'
import { sameTag, verdictOf } from '#lib/charging/verdict.ts'
import { type ConfigurationItem, findItem, sameValue } from '#lib/ocpp/configuration16.ts'
import { type Instant, iso } from '#lib/time/instant.ts'
import { whyNotStart } from '../charging/start-session.ts'
import type { ChargerAnswer } from '../runtime.ts'
import { lockCharger } from '../store/charger.ts'
import { ruledChargers } from '../store/configuration.ts'
import { writeJournal } from '../store/journal.ts'
import {
  cardOfVehicle,
  insertReservation,
  openReservations,
  type ReservationFacts,
  type ReservationRow,
  updateReservation,
} from '../store/reservation.ts'
import { type PortRow, readSite } from '../store/site.ts'
import { findToken } from '../store/token.ts'
import { centralTag, readVehicles } from '../store/vehicle.ts'
import { end, isSoon, type ReserveCtx, show } from './end-reservation.ts'

export type ReserveInput = {
  depotId: string
  actor: string
  chargerId: string
  /** 0: any port of the charger. */
  port: number
  vehicleId?: string | undefined
  idTag?: string | undefined
  until: Instant
  replaces?: number | undefined
}

/**
 * Has a charger keep a port (0: any of its ports) for a vehicle's card, or for a card, until a moment (ReserveNow, 1.6 §5.13). Written down
 * before it is asked: a charger that does not answer may keep it, so it is cancelled when it answers again.
 * @throws Problem not-found, invalid, conflict
 */
export async function reserve(ctx: ReserveCtx, asking: Set<number>, input: ReserveInput): Promise<Reserved> {
  const { depotId, chargerId, actor } = input
  const now = ctx.clock.now()
  if (!isSoon(input.until, now)) throw problem('invalid', 'Until a moment of the next seven days.', { until: 'Within seven days.' })
  const { port, items } = await theTarget(ctx, input)
  const facts: ReservationFacts = {
    ...{ depotId, chargerId, number: input.port, expiresAt: new Date(input.until) },
    ...(await reservedFor(ctx, input)),
  }
  const refusal = whyNotReserve(items, input.port) ?? (await whyNotPort(ctx, depotId, port))
  if (refusal !== undefined) return { id: null, outcome: 'refused', detail: refusal }
  if (!ctx.links.online(chargerId)) return { id: null, outcome: 'offline', detail: 'The charger is offline: it cannot keep a port now.' }

  const { row, before } = await writeDown(ctx, input, facts)
  asking.add(row.id)
  try {
    const payload = {
      connectorId: row.number,
      expiryDate: iso(input.until),
      idTag: row.idTag,
      ...(row.parentIdTag !== null && { parentIdTag: row.parentIdTag }),
      reservationId: row.id,
    }
    const answer = await ctx.links.call(chargerId, { kind: 'message', action: 'ReserveNow', payload }, { priority: 'limit' })
    return await settle(ctx, row, before, answer, actor)
  } finally {
    asking.delete(row.id)
  }
}

async function theTarget(ctx: ReserveCtx, { depotId, chargerId, port: number }: ReserveInput) {
  const site = await readSite(ctx.db.prisma, depotId)
  const [charger] = await ruledChargers(ctx.db.prisma, { id: chargerId })
  if (!site || charger?.depotId !== depotId) throw notFound('charger', chargerId)
  const port = site.ports.find((each) => each.chargerId === chargerId && each.number === number)
  if (number !== 0 && !port) throw notFound('port', number)
  return { port, items: charger.items }
}

/** What the charger says that it cannot do; undefined: it may be asked. One that told nothing is asked. */
export function whyNotReserve(items: ConfigurationItem[], number: number): string | undefined {
  const features = findItem(items, 'SupportedFeatureProfiles')?.value?.toLowerCase()
  if (features && !features.split(',').some((feature) => feature.trim() === 'reservation')) return refusalWords('NotSupported')
  if (number === 0 && items.length > 0 && !sameValue(findItem(items, 'ReserveConnectorZeroSupported')?.value, 'true'))
    return 'The charger keeps single ports only, not any of them: choose a port.'
  return undefined
}

/** As for a start, except that it may be occupied: the charger says so itself. */
async function whyNotPort(ctx: ReserveCtx, depotId: string, port: PortRow | undefined): Promise<string | undefined> {
  const site = port && (await readSite(ctx.db.prisma, depotId))
  if (!site || !ctx.links.online(port.chargerId)) return undefined
  return port.status === 'faulted'
    ? refusalWords('Faulted')
    : port.status === 'unavailable'
      ? refusalWords('Unavailable')
      : whyNotStart(ctx, site, port)
}

/** Whose card: named, or the vehicle's; a vehicle without one is started from here with ours. @throws Problem */
async function reservedFor(
  ctx: ReserveCtx,
  { depotId, vehicleId, idTag }: ReserveInput,
): Promise<Pick<ReservationFacts, 'idTag' | 'parentIdTag' | 'vehicleId'>> {
  const db = ctx.db.prisma
  const now = ctx.clock.now()
  if (idTag) {
    const token = await findToken(db, sameTag(idTag))
    if (token?.depotId !== depotId) throw notFound('card', sameTag(idTag))
    const verdict = verdictOf({ ...token, busyElsewhere: false }, now)
    if (verdict !== 'accepted')
      throw problem('invalid', `The card ${sameTag(idTag)} is ${verdict}: it could not start.`, { idTag: `It is ${verdict}.` })
    const own = vehicleId && token.vehicleId !== vehicleId ? await cardOfVehicle(db, depotId, vehicleId, now) : undefined
    const isOfItsGroup = own !== undefined && own.parentIdTag !== null && own.parentIdTag === token.parentIdTag
    if (vehicleId && token.vehicleId !== vehicleId && !isOfItsGroup)
      throw problem(
        'invalid',
        `The card ${sameTag(idTag)} is not this vehicle’s: its own would be turned away. Name the vehicle or the card.`,
        {
          idTag: 'Not of this vehicle.',
        },
      )
    return { idTag: sameTag(idTag), parentIdTag: token.parentIdTag ?? null, vehicleId: vehicleId ?? token.vehicleId ?? null }
  }
  if (!vehicleId) throw problem('invalid', 'Name the vehicle or the card that it is kept for.', { vehicleId: 'For whom?' })
  if (!(await readVehicles(db, { depotId })).some(({ id }) => id === vehicleId)) throw notFound('vehicle', vehicleId)
  const card = await cardOfVehicle(db, depotId, vehicleId, now)
  if (card) return { ...card, vehicleId }
  const ours = await centralTag(db, depotId, vehicleId, () => `YW${randomBytes(8).toString('hex').toUpperCase()}`)
  return { idTag: ours, parentIdTag: null, vehicleId }
}

/** One reservation a port: a second needs the first one's number, and takes its place (1.6 §5.13). @throws Problem conflict, not-found */
function writeDown(
  ctx: ReserveCtx,
  { actor, replaces }: ReserveInput,
  facts: ReservationFacts,
): Promise<{ row: ReservationRow; before: ReservationRow | undefined }> {
  return ctx.db.prisma.$transaction(async (db) => {
    await lockCharger(db, facts.chargerId)
    const open = await openReservations(db, { chargerId: facts.chargerId })
    const before = replaces === undefined ? undefined : open.find(({ id }) => id === replaces)
    if (replaces !== undefined && !before) throw notFound('open reservation', replaces)
    const other = open.find(({ id, number }) => id !== before?.id && number === facts.number)
    if (other) throw problem('conflict', `It is reserved for ${other.idTag} already. Cancel that reservation first, or change it.`)
    const at = new Date(ctx.clock.now())
    const row = before
      ? await updateReservation(db, before.id, { ...facts, state: 'asked', reason: null })
      : await insertReservation(db, { ...facts, state: 'asked', createdBy: actor, createdAt: at })
    const data = {
      reservationId: row.id,
      port: row.number,
      idTag: row.idTag,
      until: iso(row.expiresAt.getTime() as Instant),
      ...(before && { replaces }),
    }
    const subject = `charger:${row.chargerId}`
    await writeJournal(db, ctx.clock, { depotId: row.depotId, actor, kind: 'reservation.asked', subject, data })
    return { row, before }
  })
}

async function settle(
  ctx: ReserveCtx,
  row: ReservationRow,
  before: ReservationRow | undefined,
  answer: ChargerAnswer,
  actor: string,
): Promise<Reserved> {
  const is = (outcome: Reserved['outcome'], detail: string): Reserved => ({ id: row.id, outcome, detail })
  switch (answer.kind) {
    case 'accepted':
      await note(ctx, row, 'accepted', null, actor)
      return is('accepted', 'The charger keeps it.')
    case 'refused': {
      const why = refusalWords(answer.reason)
      if (!before) await end(ctx, row, 'refused', why, actor)
      // what it kept before it keeps
      else await restore(ctx, before)
      return is('refused', why)
    }
    case 'timeout':
    case 'lost':
      await note(ctx, row, 'unknown', null, actor)
      return is('timeout', 'The charger did not answer: it may keep the port. It is cancelled when the charger answers again.')
    default:
      if (!before) await end(ctx, row, 'refused', 'The charger was not reached.', actor)
      else await restore(ctx, before)
      return is('offline', 'The charger was not reached.')
  }
}

async function note(ctx: ReserveCtx, row: ReservationRow, state: 'accepted' | 'unknown', reason: string | null, actor: string) {
  await ctx.db.prisma.$transaction(async (db) => {
    // a start that came before the answer has used it
    await db.reservation.updateMany({ where: { id: row.id, state: 'asked' }, data: { state, reason } })
    const data = { reservationId: row.id, port: row.number, idTag: row.idTag }
    const subject = `charger:${row.chargerId}`
    await writeJournal(db, ctx.clock, { depotId: row.depotId, actor, kind: `reservation.${state}`, subject, data })
  })
  await show(ctx, row.chargerId)
}

async function restore(ctx: ReserveCtx, { id, createdBy: _, createdAt: __, ...before }: ReservationRow): Promise<void> {
  const { number, idTag, parentIdTag, vehicleId, expiresAt, state } = before
  await updateReservation(ctx.db.prisma, id, { number, idTag, parentIdTag, vehicleId, expiresAt, state, reason: before.reason })
  await show(ctx, before.chargerId)
}
