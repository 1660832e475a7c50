import type { CommandView } from '#lib/api/dispatch.ts'
import type { CommandState } from '#lib/kpi/latency.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Command, Prisma } from './generated/client.ts'

/** Stages at which something is still to come; the others are final. */
export const underWay = ['queued', 'planned', 'sent', 'accepted'] as const satisfies CommandState[]

export type CommandRow = {
  id: string
  depotId: string
  kind: string
  vehicleId: string | null
  portId: string | null
  chargerId: string | null
  input: Record<string, unknown>
  state: CommandState
  t0: Instant
  t1: Instant
  t4: Instant | undefined
  t5: Instant | undefined
}

export type Stamp = 't2' | 't3' | 't4' | 't5' | 't6'

export async function addCommand(
  db: Db,
  command: Omit<CommandRow, 'state' | 't4' | 't5' | 'input'> & {
    input: object
    source: string
    actor: string
    at: Instant
    t0FromSource: boolean
    t2: Instant
  },
): Promise<CommandRow> {
  const { at, t0, t1, t2, input, ...rest } = command
  const row = await db.command.create({
    data: { ...rest, input: input as Prisma.InputJsonObject, at: new Date(at), t0: new Date(t0), t1: new Date(t1), t2: new Date(t2) },
  })
  return plain(row)
}

/**
 * Moves a command on: only from a stage that is still under way, and a stamp that is there stays as it is.
 * @returns whether the command was still under way.
 */
export async function moveCommand(
  db: Db,
  id: string,
  { state, detail, stamps = {} }: { state?: CommandState; detail?: string; stamps?: Partial<Record<Stamp, Instant>> },
): Promise<boolean> {
  const at = (stamp: Stamp) => (stamps[stamp] === undefined ? null : new Date(stamps[stamp]))
  const moved = await db.$executeRaw`
    UPDATE command SET state = coalesce(${state ?? null}, state), detail = coalesce(${detail ?? null}, detail),
      t2 = coalesce(t2, ${at('t2')}::timestamptz), t3 = coalesce(t3, ${at('t3')}::timestamptz), t4 = coalesce(t4, ${at('t4')}::timestamptz),
      t5 = coalesce(t5, ${at('t5')}::timestamptz), t6 = coalesce(t6, ${at('t6')}::timestamptz)
    WHERE id = ${id} AND state IN ('queued', 'planned', 'sent', 'accepted')`
  return moved > 0
}

/** Commands that something is still to come of, oldest first. */
export async function readUnderWay(db: Db): Promise<CommandRow[]> {
  return (await db.command.findMany({ where: { state: { in: [...underWay] } }, orderBy: { t1: 'asc' } })).map(plain)
}

export async function findCommand(db: Db, id: string): Promise<CommandView | undefined> {
  const row = await db.command.findUnique({ where: { id } })
  if (!row) return undefined
  const at = (date: Date | null) => (date ? date.getTime() : null)
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    detail: row.detail,
    vehicleId: row.vehicleId,
    portId: row.portId,
    stamps: { t0: row.t0.getTime(), t1: row.t1.getTime(), t2: at(row.t2), t3: at(row.t3), t4: at(row.t4), t5: at(row.t5), t6: at(row.t6) },
  }
}

const plain = (row: Command): CommandRow => ({
  ...row,
  input: (row.input ?? {}) as Record<string, unknown>,
  state: row.state as CommandState,
  t0: instant(row.t0),
  t1: instant(row.t1),
  t4: row.t4 ? instant(row.t4) : undefined,
  t5: row.t5 ? instant(row.t5) : undefined,
})
