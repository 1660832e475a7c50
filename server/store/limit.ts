import type { LimitOutcome, WrittenLimit } from '#lib/planning/books.ts'
import { curveFromSteps } from '#lib/planning/depot-facts.ts'
import { type Instant, instant, iso } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Db } from './database.ts'
import { pgJson } from './json.ts'

/** Steps as they are stored and sent: the first one holds since ever, the last one for ever. */
export type Steps = { from: Instant; limitW: Watts }[]
export type LimitKind = 'fallback' | 'session'
export type LimitRow = {
  id: number
  portId: string
  kind: LimitKind
  sessionId: number | null
  steps: Steps
  sentAt: Instant
  outcome: LimitOutcome
  answeredAt: Instant | undefined
  countsAt: Instant | undefined
  /** On how many phases it is counted; null: on all of the port's. */
  phases: number | null
}

type Raw = {
  id: bigint
  port_id: string
  kind: LimitKind
  session_id: number | null
  curve: Steps
  sent_at: Date
  outcome: LimitOutcome
  answered_at: Date | null
  counts_at: Date | null
  phases: number | null
}

/** Limits that ports of a depot may still be following, oldest first: `mayFollow` of lib/planning/books.ts for all ports at once. */
export async function readOpenLimits(db: Db, depotId: string, now: Instant, skewMs: number): Promise<LimitRow[]> {
  const rows = await db.$queryRaw<Raw[]>`
    SELECT l.id, l.port_id, l.kind, l.session_id, l.curve, l.sent_at, l.outcome, l.answered_at, l.counts_at, l.phases
    FROM charger c JOIN port p ON p.charger_id = c.id
    CROSS JOIN (VALUES ('fallback'), ('session')) AS k(kind)
    CROSS JOIN LATERAL (
      SELECT coalesce(max(a.id), 0) AS id FROM limit_sent a
      WHERE a.port_id = p.id AND a.kind = k.kind AND a.outcome = 'accepted' AND a.counts_at <= ${new Date(now)}
    ) settled
    JOIN limit_sent l ON l.port_id = p.id AND l.kind = k.kind AND l.id >= settled.id
    WHERE c.depot_id = ${depotId} AND c.retired_at IS NULL AND l.outcome NOT IN ('refused', 'notSent')
      AND (l.kind = 'fallback' OR l.outcome <> 'accepted' OR EXISTS (
        SELECT FROM session s WHERE s.id = l.session_id AND (s.stopped_at IS NULL OR s.stopped_at <= l.answered_at + ${skewMs} * interval '1 ms')))
    ORDER BY l.id`
  return rows.map((row) => ({
    id: Number(row.id),
    portId: row.port_id,
    kind: row.kind,
    sessionId: row.session_id,
    steps: row.curve,
    sentAt: instant(row.sent_at),
    outcome: row.outcome,
    answeredAt: row.answered_at ? instant(row.answered_at) : undefined,
    countsAt: row.counts_at ? instant(row.counts_at) : undefined,
    phases: row.phases,
  }))
}

/** The same as the envelope's own words have it. */
export const writtenLimit = ({ steps, answeredAt, countsAt, phases: _, ...row }: LimitRow): WrittenLimit => ({
  ...row,
  curve: curveFromSteps(steps),
  ...(answeredAt === undefined ? {} : { answeredAt }),
  ...(countsAt === undefined ? {} : { countsAt }),
})

/** `failures`: sends since the last accepted one (of this session, or of the fallback) that brought no acceptance. */
export type Tries = { portId: string; kind: LimitKind; failures: number; refusals: number; lastSentAt: Instant }

/** How sending went lately, per port and kind, and how many limits each charger was sent since `since` outside safety. */
export async function readTries(db: Db, depotId: string, since: Instant): Promise<{ tries: Tries[]; writes: Map<string, number> }> {
  const tries = await db.$queryRaw<{ port_id: string; kind: LimitKind; failures: number; refusals: number; last_sent_at: Date }[]>`
    SELECT l.port_id, l.kind,
      count(*) FILTER (WHERE l.outcome IN ('refused', 'timeout', 'lost') AND l.id > coalesce(ok.id, 0))::int AS failures,
      count(*) FILTER (WHERE l.outcome = 'refused' AND l.id > coalesce(ok.id, 0))::int AS refusals,
      max(l.sent_at) AS last_sent_at
    FROM charger c JOIN port p ON p.charger_id = c.id JOIN limit_sent l ON l.port_id = p.id AND l.sent_at >= ${new Date(since)}
    LEFT JOIN LATERAL (
      SELECT max(a.id) AS id FROM limit_sent a WHERE a.port_id = l.port_id AND a.kind = l.kind AND a.outcome = 'accepted'
    ) ok ON true
    WHERE c.depot_id = ${depotId} AND l.outcome <> 'notSent'
      AND (l.kind = 'fallback' OR EXISTS (SELECT FROM session s WHERE s.id = l.session_id AND s.stopped_at IS NULL))
    GROUP BY l.port_id, l.kind`
  const writes = await db.$queryRaw<{ charger_id: string; writes: number }[]>`
    SELECT p.charger_id, count(*)::int AS writes
    FROM charger c JOIN port p ON p.charger_id = c.id JOIN limit_sent l ON l.port_id = p.id AND l.sent_at >= ${new Date(since)}
    WHERE c.depot_id = ${depotId} AND NOT l.safety AND l.outcome <> 'notSent' GROUP BY p.charger_id`
  return {
    tries: tries.map((row) => ({
      portId: row.port_id,
      kind: row.kind,
      failures: row.failures,
      refusals: row.refusals,
      lastSentAt: instant(row.last_sent_at),
    })),
    writes: new Map(writes.map((row) => [row.charger_id, row.writes])),
  }
}

export type NewLimit = {
  portId: string
  kind: LimitKind
  sessionId: number | null
  steps: Steps
  sentAt: Instant
  planId: string | null
  commandId: string | null
  safety: boolean
  phases?: number
}

/** Write-ahead: commit this before the frame leaves. @returns the row's id, which orders what was sent to a port. */
export const writeAheadLimit = async (db: Db, limit: NewLimit): Promise<number> => (await writeAheadLimits(db, [limit]))[0]!

/** All of a pass in one statement. @returns their ids in the same order, ascending. */
export async function writeAheadLimits(db: Db, limits: NewLimit[]): Promise<number[]> {
  if (limits.length === 0) return []
  const rows = limits.map((limit) => ({
    ...limit,
    maxW: Math.max(0, ...limit.steps.map(({ limitW }) => limitW)),
    sentAt: iso(limit.sentAt),
  }))
  const written = await db.$queryRaw<{ id: bigint }[]>`
    INSERT INTO limit_sent (port_id, kind, session_id, curve, max_w, sent_at, plan_id, command_id, safety, phases)
    SELECT r."portId", r.kind, r."sessionId", r.steps, r."maxW", r."sentAt", r."planId", r."commandId", r.safety, r.phases
    FROM ROWS FROM (json_to_recordset(${pgJson(rows)}::json) AS ("portId" text, kind text, "sessionId" int, steps jsonb, "maxW" int,
      "sentAt" timestamptz, "planId" text, "commandId" text, safety boolean, phases smallint)) WITH ORDINALITY
      AS r("portId", kind, "sessionId", steps, "maxW", "sentAt", "planId", "commandId", safety, phases, place)
    ORDER BY r.place
    RETURNING id`
  // ids are drawn in the order of the rows
  return written.map(({ id }) => Number(id)).sort((a, b) => a - b)
}

export type Outcome = { id: number; outcome: LimitOutcome; answeredAt: Instant; countsAt?: Instant; reason?: string }

/** What became of sent limits, each named once. A limit that was answered keeps its first answer. */
export const writeOutcomes = (db: Db, outcomes: Outcome[]) => {
  const rows = outcomes.map(({ id, outcome, answeredAt, countsAt, reason }) => ({
    ...{ id, outcome, at: iso(answeredAt), reason: reason ?? null },
    counts_at: countsAt === undefined ? null : iso(countsAt),
  }))
  return db.$executeRaw`
    UPDATE limit_sent l SET outcome = r.outcome, answered_at = r.at, counts_at = r.counts_at, reason = r.reason
    FROM json_to_recordset(${pgJson(rows)}::json) AS r(id bigint, outcome text, at timestamptz, counts_at timestamptz, reason text)
    WHERE l.id = r.id AND l.outcome IN ('pending', 'timeout', 'lost')`
}

export const writeOutcome = (db: Db, outcome: Outcome) => writeOutcomes(db, [outcome])

/**
 * Which of these ports accepted a limit for a session that does not count yet. A limit counts within seconds, so it is among the last that were
 * sent; one that a burst of sends has pushed out counts by its time.
 */
export async function portsThatSettle(db: Db, portIds: string[], now: Instant): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT p.id FROM unnest(${portIds}::text[]) AS p(id) CROSS JOIN LATERAL (
      SELECT kind, outcome, counts_at FROM limit_sent WHERE port_id = p.id ORDER BY id DESC LIMIT 8
    ) l WHERE l.kind = 'session' AND l.outcome = 'accepted' AND l.counts_at > ${new Date(now)}`
  return new Set(rows.map(({ id }) => id))
}

/** A later reading at or under an accepted cut makes it count earlier. */
export const countFrom = (db: Db, id: number, countsAt: Instant) =>
  db.limitSent.updateMany({
    where: { id: BigInt(id), outcome: 'accepted', countsAt: { gt: new Date(countsAt) } },
    data: { countsAt: new Date(countsAt) },
  })

export type Wanted = { portId: string; steps: Steps; planId: string | null }

export async function readWanted(db: Db, depotId: string): Promise<Map<string, Wanted>> {
  const rows = await db.$queryRaw<Wanted[]>`
    SELECT w.port_id AS "portId", w.curve AS steps, w.plan_id AS "planId"
    FROM charger c JOIN port p ON p.charger_id = c.id JOIN limit_wanted w ON w.port_id = p.id
    WHERE c.depot_id = ${depotId} AND c.retired_at IS NULL`
  return new Map(rows.map((row) => [row.portId, row]))
}

/** Replaces what the plan wants of these ports, in one statement. */
export async function writeWanted(db: Db, wanted: { portId: string; steps: Steps }[], planId: string, at: Instant): Promise<void> {
  if (wanted.length === 0) return
  await db.$executeRaw`
    INSERT INTO limit_wanted (port_id, curve, plan_id, wanted_at)
    SELECT w.port_id, w.curve, ${planId}, ${new Date(at)}
    FROM unnest(${wanted.map(({ portId }) => portId)}::text[], ${wanted.map(({ steps }) => JSON.stringify(steps))}::jsonb[]) AS w(port_id, curve)
    ON CONFLICT (port_id) DO UPDATE SET curve = excluded.curve, plan_id = excluded.plan_id, wanted_at = excluded.wanted_at`
}
