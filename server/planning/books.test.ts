import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LimitOutcome, mayFollow, type WrittenLimit } from '#lib/planning/books.ts'
import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import { readOpenLimits, writeAheadLimits, writeOutcomes, writtenLimit } from '../store/limit.ts'
import { NIGHT, testDepot } from './test-depot.ts'

// The store answers for a whole depot in SQL what lib/planning/books.ts says of one port; the model of the protocol runs on the latter.

const SKEW_MS = seconds(5)
const sent = fc.record({
  port: fc.nat(2),
  kind: fc.constantFrom('fallback' as const, 'session' as const),
  session: fc.nat(2),
  at: fc.nat(60),
  outcome: fc.constantFrom<LimitOutcome>('pending', 'accepted', 'accepted', 'refused', 'timeout', 'lost', 'notSent'),
  answered: fc.nat(20),
  counts: fc.nat(20),
})
/** When each session ended, if it did. */
const ends = fc.array(fc.option(fc.nat(80)), { minLength: 3, maxLength: 3 })

test('what ports may still be following is the same in SQL', async () => {
  const depot = await testDepot()
  const db = depot.db.prisma
  const at = (s: number): Instant => plus(NIGHT, seconds(s))
  let open = 0
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 14 }), ends, fc.nat(100), async (limits, ended, now) => {
      await db.limitSent.deleteMany()
      await db.session.deleteMany()
      const sessions = await Promise.all(
        ended.map((end, i) =>
          db.session.create({
            data: {
              depotId: 'north',
              portId: `p${i + 1}`,
              idTag: 'T',
              startKey: randomUUID(),
              startedAt: new Date(NIGHT),
              receivedAt: new Date(NIGHT),
              meterStartWh: 0n,
              currency: 'USD',
              stoppedAt: end === null ? null : new Date(at(end)),
            },
          }),
        ),
      )
      const rows = limits.map((limit) => ({
        portId: `p${limit.port + 1}`,
        kind: limit.kind,
        sessionId: limit.kind === 'session' ? sessions[limit.session]!.id : null,
        steps: [{ from: NIGHT, limitW: watts(1_440) as Watts }],
        sentAt: at(limit.at),
        planId: null,
        commandId: null,
        safety: false,
      }))
      const ids = await writeAheadLimits(db, rows)
      await writeOutcomes(
        db,
        limits.flatMap(({ outcome, answered, counts, at: sentAt }, i) => {
          if (outcome === 'pending') return []
          const answeredAt = at(sentAt + answered)
          return [{ id: ids[i]!, outcome, answeredAt, ...(outcome === 'accepted' ? { countsAt: plus(answeredAt, seconds(counts)) } : {}) }]
        }),
      )
      const all = (await db.limitSent.findMany({ orderBy: { id: 'asc' } })).map((row): WrittenLimit & { portId: string } => ({
        id: Number(row.id),
        portId: row.portId,
        kind: row.kind as WrittenLimit['kind'],
        sessionId: row.sessionId,
        curve: { beforeW: watts(1_440), steps: [] },
        sentAt: row.sentAt.getTime() as Instant,
        outcome: row.outcome as LimitOutcome,
        ...(row.answeredAt ? { answeredAt: row.answeredAt.getTime() as Instant } : {}),
        ...(row.countsAt ? { countsAt: row.countsAt.getTime() as Instant } : {}),
      }))
      const endOf = new Map(sessions.map(({ id }, i) => [id, ended[i] === null ? undefined : at(ended[i]!)]))
      const known = { now: at(now), skewMs: SKEW_MS, endedAt: (id: number) => endOf.get(id) }
      const pure = [1, 2, 3].flatMap((n) =>
        mayFollow(
          all.filter(({ portId }) => portId === `p${n}`),
          known,
        ),
      )
      const stored = await readOpenLimits(db, 'north', at(now), SKEW_MS)
      expect(stored.map(writtenLimit).map(({ id }) => id)).toEqual(pure.map(({ id }) => id).toSorted((a, b) => a - b))
      open += stored.length
    }),
    { seed: 20261123, numRuns: 120 },
  )
  expect(open).toBeGreaterThan(200)
})
