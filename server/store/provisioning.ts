import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'

// What a person sets of a charger, as rows; of a retired one too.

/** Undefined: the depot has no such charger, in service or retired. */
export async function provisionedCharger(db: Db, depotId: string, id: string) {
  const row = await db.charger.findFirst({
    where: { id, depotId, NOT: { identity: { startsWith: SHELF } } },
    include: { ports: { orderBy: { number: 'asc' }, include: { connectors: { orderBy: { number: 'asc' } } } } },
  })
  if (!row) return undefined
  const open = await openSessionsOf(db, id)
  return { ...row, open }
}
export type ProvisionedCharger = NonNullable<Awaited<ReturnType<typeof provisionedCharger>>>

/** Sessions that are open at a charger's ports, with the last that is known of their registers. */
export const openSessionsOf = (db: Db, chargerId: string) =>
  db.session.findMany({
    where: { stoppedAt: null, port: { chargerId } },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      portId: true,
      lastMeterWh: true,
      lastMeterAt: true,
      meterStartWh: true,
      port: { select: { number: true, bay: true } },
    },
  })

export type ChargerFacts = {
  name?: string
  nodeId?: string
  groupName?: string | null
  maxW?: number
  pinnedProtocol?: string | null
  registeredSerial?: string | null
  lenient?: boolean
}
export const updateCharger = (db: Db, id: string, facts: ChargerFacts) => db.charger.update({ where: { id }, data: facts })

export const setRegistered = (db: Db, id: string, registration: string, retryS: number | undefined) =>
  db.charger.update({
    where: { id },
    data: {
      registration,
      ...(retryS === undefined ? {} : { registrationRetryS: retryS }),
      ...(registration === 'accepted' && { refusedTimes: 0 }),
    },
  })

/** How it stands in the books now, whatever its socket was told. */
export const registrationOf = (db: Db, id: string) =>
  db.charger.findUniqueOrThrow({ where: { id }, select: { registration: true, registrationRetryS: true } })

export const setNewChargers = (db: Db, depotId: string, registration: string) =>
  db.depot.update({ where: { id: depotId }, data: { newChargers: registration } })
export const newChargersOf = async (db: Db, depotId: string): Promise<'accepted' | 'pending'> =>
  (await db.depot.findUniqueOrThrow({ where: { id: depotId }, select: { newChargers: true } })).newChargers === 'pending'
    ? 'pending'
    : 'accepted'

/** Messages that were bent into the protocol, or not handled, since the last time. */
export type Counted = { id: string; bent: number; refused: number }

/** Adds to what is counted of chargers, each named once. One whose row is being written is left out. @returns those that were not */
export async function addCounts(db: Db, counted: Counted[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(counted)}::json) AS r(id text, bent int, refused int)
    ), free AS MATERIALIZED (
      SELECT c.id FROM charger c WHERE c.id IN (SELECT id FROM r) FOR NO KEY UPDATE OF c SKIP LOCKED
    )
    UPDATE charger c SET bent_times = c.bent_times + r.bent, refused_times = c.refused_times + r.refused
    FROM r JOIN free ON free.id = r.id WHERE c.id = r.id RETURNING c.id`
  return new Set(rows.map(({ id }) => id))
}

// ---------------------------------------------------------------- keys

export const replaceKey = (db: Db, id: string, keyHash: string, now: Instant) =>
  db.charger.update({
    where: { id },
    data: {
      keyHash,
      keyIssuedAt: new Date(now),
      nextKeyHash: null,
      nextKeyAt: null,
      rotationState: null,
      rotationAt: null,
      rotationDetail: null,
    },
  })

/** Writes the next key down before anybody is told: from now on both open. */
export const writeNextKey = (db: Db, id: string, nextKeyHash: string, now: Instant) =>
  db.charger.update({
    where: { id },
    data: { nextKeyHash, nextKeyAt: new Date(now), rotationState: 'written', rotationAt: new Date(now), rotationDetail: null },
  })

/** How far the rotation to this very key is. `forget`: it opens nothing any more. Nothing happens when another key has taken its place. */
export const stepRotation = async (
  db: Db,
  id: string,
  nextKeyHash: string,
  now: Instant,
  { state, detail, forget = false }: { state: string; detail?: string; forget?: boolean },
): Promise<boolean> => {
  const { count } = await db.charger.updateMany({
    where: { id, nextKeyHash },
    data: {
      rotationState: state,
      rotationAt: new Date(now),
      rotationDetail: detail ?? null,
      ...(forget && { nextKeyHash: null, nextKeyAt: null }),
    },
  })
  return count > 0
}

export const rotationOf = (db: Db, id: string) =>
  db.charger.findUnique({
    where: { id },
    select: {
      depotId: true,
      identity: true,
      keyHash: true,
      nextKeyHash: true,
      rotationState: true,
      rotationAt: true,
      rotationDetail: true,
      connectedAt: true,
      retiredAt: true,
      registration: true,
    },
  })

// ---------------------------------------------------------------- retiring

/** Of what is out of service, so that its identity may be used again. No socket can carry it (server/ocpp/admission.ts). */
const FORMER = '~'
/** Holds the removed ports of a charger that have books; it is always retired. */
export const SHELF = '~~'

export const plainIdentity = (identity: string): string => identity.split(FORMER)[0]!

export const retire = (db: Db, id: string, now: Instant) =>
  db.charger.update({
    where: { id },
    data: {
      retiredAt: new Date(now),
      keyHash: null,
      nextKeyHash: null,
      nextKeyAt: null,
      rotationState: null,
      rotationAt: null,
      rotationDetail: null,
      disobedientSince: null,
      extraW: 0,
    },
  })

/** Under its own identity again. Its ports may have changed meanwhile: nothing of what it kept is relied on. */
export async function restore(db: Db, id: string, identity: string, keyHash: string, now: Instant): Promise<void> {
  await db.charger.update({
    where: { id },
    data: {
      retiredAt: null,
      identity,
      keyHash,
      keyIssuedAt: new Date(now),
      seenAt: null,
      bootedAt: null,
      commissionedAt: null,
      commissionProblem: null,
    },
  })
  await db.port.updateMany({
    where: { chargerId: id },
    data: {
      fallbackConfirmedAt: null,
      inoperativeAt: null,
      heldReason: null,
      status: 'unknown',
      powerW: null,
      powerAt: null,
      pluggedAt: null,
    },
  })
  await db.knocking.deleteMany({ where: { identity } })
}

/** A retired charger gives its identity up to a new one. */
export const giveIdentityUp = (db: Db, id: string, identity: string) =>
  db.charger.update({ where: { id }, data: { identity: `${identity}${FORMER}${id}` } })

export async function retiredChargers(db: Db, depotId: string) {
  const rows = await db.charger.findMany({
    where: { depotId, retiredAt: { not: null }, NOT: { identity: { startsWith: SHELF } } },
    orderBy: { retiredAt: 'desc' },
    select: {
      id: true,
      identity: true,
      name: true,
      vendor: true,
      model: true,
      retiredAt: true,
      ports: { select: { _count: { select: { sessions: true } } } },
    },
  })
  return rows.map(({ id, identity, name, vendor, model, retiredAt, ports }) => ({
    id,
    identity: plainIdentity(identity),
    name,
    model: [vendor, model].filter(Boolean).join(' ') || null,
    retiredAt: instant(retiredAt!),
    sessions: ports.reduce((sum, port) => sum + port._count.sessions, 0),
  }))
}
