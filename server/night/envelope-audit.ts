import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Database } from '../store/database.ts'

// The envelope, worked out once more from what was written down, by the words of the specification and none of the planner's code:
// whatever a port may have been following at a moment, then and at every later instant (source: spec "ocpp", The envelope).

export type AuditNode = { id: string; capW: number; ports: string[]; baseW?: (knownAt: Instant, at: Instant) => number }
export type AuditRow = {
  id: number
  port: string
  kind: string
  session: number | null
  steps: { from: number; limitW: number }[]
  sentAt: number
  outcome: string
  answeredAt: number | undefined
  countsAt: number | undefined
  safety: boolean
}
export type Passed = { node: string; knownAt: Instant; at: Instant; overW: number }
export type Audit = { commits: number; passed: Passed[]; closestW: Map<string, number> }

const SKEW_MS = 5_000
const NAMEPLATE_W = 19_200

/** Everything that was sent, in its order, and when each session was over. */
export async function readSent({ prisma }: Database): Promise<{ rows: AuditRow[]; over: Map<number, number> }> {
  const rows = await prisma.limitSent.findMany({ orderBy: { id: 'asc' } })
  const sessions = await prisma.session.findMany({ select: { id: true, stoppedAt: true } })
  return {
    rows: rows.map((row) => ({
      id: Number(row.id),
      port: row.portId,
      kind: row.kind,
      session: row.sessionId,
      steps: row.curve as { from: number; limitW: number }[],
      sentAt: row.sentAt.getTime(),
      outcome: row.outcome,
      answeredAt: row.answeredAt?.getTime(),
      countsAt: row.countsAt?.getTime(),
      safety: row.safety,
    })),
    over: new Map(sessions.flatMap(({ id, stoppedAt }) => (stoppedAt ? [[id, stoppedAt.getTime()] as const] : []))),
  }
}

/**
 * At each commit, and once a minute between them: every node now and later. `forgot`: a charger that came back empty counts with its
 * nameplate until a fallback sent after that was accepted. Nothing is looked at before `from`, when all have their first fallback.
 */
export function auditEnvelope(
  { rows, over }: { rows: AuditRow[]; over: Map<number, number> },
  nodes: AuditNode[],
  { from, until, forgot = [] }: { from: Instant; until: Instant; forgot?: { port: string; at: Instant }[] },
): Audit {
  const byPort = Map.groupBy(rows, ({ port }) => port)
  const commits = rows.map(({ sentAt }) => sentAt)
  const looks = new Set(commits)
  for (let at = from; at < until; at = plus(at, seconds(60))) looks.add(at)
  const passed: Passed[] = []
  const closestW = new Map<string, number>()
  for (const look of [...looks].filter((at) => at >= from && at < until).sort((a, b) => a - b)) {
    const knownAt = look as Instant
    const may = new Map([...byPort].map(([port, mine]) => [port, mayFollow(mine, over, forgot, knownAt)]))
    for (const { id, capW, ports, baseW = () => 0 } of nodes) {
      for (const at of turns(ports, may, knownAt)) {
        const sumW = ports.reduce((sum, port) => sum + mostAround(may.get(port) ?? [], at), baseW(knownAt, at))
        closestW.set(id, Math.min(closestW.get(id) ?? Number.POSITIVE_INFINITY, capW - sumW))
        if (sumW > capW) {
          passed.push({ node: id, knownAt, at, overW: sumW - capW })
          break
        }
      }
    }
  }
  return { commits: new Set(commits).size, passed, closestW }
}

/** The set H of one port at a moment. */
function mayFollow(
  rows: AuditRow[],
  over: Map<number, number>,
  forgot: { port: string; at: Instant }[],
  now: Instant,
): AuditRow['steps'][] {
  const sent = rows.filter(({ sentAt, outcome }) => sentAt <= now && outcome !== 'notSent')
  const accepted = (row: AuditRow, at: number) => row.outcome === 'accepted' && row.answeredAt! <= at
  const fallbacks = sent.filter(({ kind }) => kind === 'fallback')
  const wiped = Math.max(0, ...forgot.filter(({ port, at }) => port === rows[0]!.port && at <= now).map(({ at }) => at))
  const kept = fallbacks.some((row) => row.sentAt >= wiped && accepted(row, now))
  if (!kept) return [[{ from: 0, limitW: NAMEPLATE_W }]]
  return ['fallback', 'session'].flatMap((kind) => {
    const slot = sent.filter((row) => row.kind === kind)
    const settled = slot.findLast((row) => row.outcome === 'accepted' && row.countsAt !== undefined && row.countsAt <= now)
    return slot
      .filter((row) => row.id >= (settled?.id ?? 0))
      .filter((row) => row.outcome !== 'refused' || row.answeredAt! > now)
      .filter((row) => row.session === null || (over.get(row.session) ?? Number.POSITIVE_INFINITY) > now)
      .map(({ steps }) => steps)
  })
}

const valueAt = (steps: AuditRow['steps'], at: number): number =>
  Math.min(NAMEPLATE_W, (steps.findLast(({ from }) => from <= at) ?? steps[0])?.limitW ?? 0)

/** The most that one of the curves allows within the bound of the clocks' skew. */
function mostAround(curves: AuditRow['steps'][], at: number): number {
  let most = 0
  for (const steps of curves) {
    most = Math.max(most, valueAt(steps, at - SKEW_MS), valueAt(steps, at + SKEW_MS))
    for (const { from, limitW } of steps) if (Math.abs(from - at) <= SKEW_MS) most = Math.max(most, Math.min(NAMEPLATE_W, limitW))
  }
  return most
}

/** Now, and every later instant at which some curve turns, with the skew before and after it. */
function turns(ports: string[], may: Map<string, AuditRow['steps'][]>, now: Instant): Instant[] {
  const all = new Set<number>([now])
  for (const port of ports)
    for (const steps of may.get(port) ?? [])
      for (const { from } of steps) for (const at of [from - SKEW_MS, from, from + SKEW_MS]) if (at > now) all.add(at)
  return [...all].sort((a, b) => a - b) as Instant[]
}

/** A limit counts as followed ten seconds after it was accepted, or from a later reading at or under it: never from less. */
export async function countedTooEarly({ prisma }: Database, rows: AuditRow[]): Promise<AuditRow[]> {
  const early = rows.filter(
    ({ answeredAt, countsAt }) => answeredAt !== undefined && countsAt !== undefined && countsAt < answeredAt + 10_000,
  )
  const wrong: AuditRow[] = []
  for (const row of early) {
    const reading = await prisma.meterReading.findFirst({
      where: { portId: row.port, at: new Date(row.countsAt!), powerW: { lte: valueAt(row.steps, row.countsAt!) } },
    })
    if (!reading || row.countsAt! <= row.answeredAt!) wrong.push(row)
  }
  return wrong
}
