import type { Pool } from 'pg'
import type { KnownCharger } from './charger.ts'
import { makeTogether } from './together.ts'

/** A charger at the door, as it stands in the books. */
export type AtTheDoor = {
  charger: KnownCharger
  /** It is listed among the strangers that knock. */
  knocking: boolean
  /** Whose the presented client certificate is, and how it stands, if it is one of ours. */
  certificate: { chargerId: string; state: string } | undefined
}

export type DoorBook = { find(identity: string, fingerprint?: string): Promise<AtTheDoor | undefined> }

type Asked = { identity: string; fingerprint: string | undefined }

/**
 * Looks chargers up as they arrive. Those that arrive while a look is under way share the next one: 10,000 that come back at once after
 * a restart cost some dozens of queries, and a single one costs one.
 */
export function makeDoorBook(pool: Pool): DoorBook {
  const look = makeTogether(
    async (asked: Asked[]): Promise<(AtTheDoor | undefined)[]> => {
      const { rows } = await pool.query<Row>({
        name: 'at-the-door',
        text: LOOK,
        values: [asked.map(({ identity }) => identity), asked.map(({ fingerprint }) => fingerprint ?? null)],
      })
      const found = new Map(rows.map((row) => [Number(row.asked) - 1, row]))
      return asked.map((_, place) => {
        const row = found.get(place)
        return row && atTheDoor(row)
      })
    },
    { windowMs: 3 },
  )
  return { find: (identity, fingerprint) => look({ identity, fingerprint }) }
}

const LOOK = `
  SELECT asked.place AS asked, c.id, c.depot_id, c.identity, c.key_hash, c.next_key_hash, c.clock_offset_ms,
    c.commissioned_at IS NOT NULL AS commissioned, c.retired_at IS NOT NULL AS retired,
    c.registration, c.registration_retry_s, c.pinned_protocol, c.lenient,
    c.security_profile, c.next_profile, c.serial, c.registered_serial,
    k.identity IS NOT NULL AS knocking, own.charger_id AS certificate_of, own.state AS certificate_state,
    (SELECT json_agg(json_build_array(p.number, p.id)) FROM port p WHERE p.charger_id = c.id) AS ports
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked(identity, fingerprint, place)
  JOIN charger c ON c.identity = asked.identity
  LEFT JOIN knocking k ON k.identity = asked.identity
  LEFT JOIN LATERAL (
    SELECT charger_id, state FROM certificate
    WHERE fingerprint = asked.fingerprint AND kind = 'charger' ORDER BY state = 'revoked' DESC LIMIT 1
  ) own ON true`

type Row = {
  asked: string
  id: string
  depot_id: string
  identity: string
  key_hash: string | null
  next_key_hash: string | null
  clock_offset_ms: number
  commissioned: boolean
  retired: boolean
  registration: string
  registration_retry_s: number
  pinned_protocol: string | null
  lenient: boolean
  security_profile: number
  next_profile: number | null
  serial: string | null
  registered_serial: string | null
  knocking: boolean
  certificate_of: string | null
  certificate_state: string | null
  ports: [number, string][] | null
}

const atTheDoor = (row: Row): AtTheDoor => ({
  charger: {
    id: row.id,
    depotId: row.depot_id,
    identity: row.identity,
    keyHash: row.key_hash,
    nextKeyHash: row.next_key_hash,
    clockOffsetMs: row.clock_offset_ms,
    commissioned: row.commissioned,
    retired: row.retired,
    registration: row.registration,
    registrationRetryS: row.registration_retry_s,
    pinnedProtocol: row.pinned_protocol,
    lenient: row.lenient,
    securityProfile: row.security_profile,
    nextProfile: row.next_profile,
    serial: row.serial,
    registeredSerial: row.registered_serial,
    ports: new Map(row.ports ?? []),
  },
  knocking: row.knocking,
  certificate: row.certificate_of === null ? undefined : { chargerId: row.certificate_of, state: row.certificate_state ?? '' },
})
