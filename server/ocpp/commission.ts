import type { RecordCtx } from '../charging/recording.ts'
import { applySettings } from '../configuration/apply-settings.ts'
import { type AskCharger, readConfiguration } from '../configuration/read-configuration.ts'
import { appendJournal } from '../store/journal.ts'
import type { Connection } from './connection.ts'

/**
 * After every accepted boot, and when a charger comes back without one: learn what it is (GetConfiguration → quirks, as data) and set
 * what is wanted of it (lib/ocpp/wanted-settings.ts). What could not be set is one sentence for the operator. Its limits and its local
 * list are for reconciliation, which is woken at the end, as it is on connect.
 */
export async function commission(ctx: RecordCtx, connection: Connection): Promise<void> {
  const { charger } = connection
  const ask: AskCharger = (call) => connection.call(call)
  const read = await readConfiguration(ctx, charger.id, ask)
  if (read.kind === 'away') return
  const { quirks } = read
  const problems: string[] = []
  if (read.kind === 'silent') problems.push('It does not tell its configuration.')
  if (quirks.connectors !== undefined && quirks.connectors !== charger.ports.size)
    problems.push(`It has ${quirks.connectors} connectors, ${charger.ports.size} are registered.`)
  if (!quirks.smartCharging) problems.push('It cannot be limited: it has no smart charging.')

  const applied = await applySettings(ctx, charger.id, ask, { actor: 'system' })
  if (applied.away) return
  for (const { key, wanted, needed } of applied.refused) if (needed) problems.push(`It refuses ${key}=${wanted}.`)
  await finish(ctx, connection, problems)
  ctx.wakes.reconcile(charger.id)
  // what changed while it was away
  if (!connection.booted && quirks.remoteTrigger) await connection.call({ kind: 'trigger', message: 'StatusNotification' })
}

async function finish(ctx: RecordCtx, { charger }: Connection, problems: string[]) {
  const now = ctx.clock.now()
  const problem = problems.length > 0 ? problems.join(' ') : null
  const kind = problem ? 'review.commission' : 'charger.commissioned'
  const line = { depotId: charger.depotId, actor: 'system', kind, subject: `charger:${charger.id}`, data: problem ? { problem } : {} }
  await ctx.db.prisma.$transaction(
    async (db) => {
      await db.charger.update({ where: { id: charger.id }, data: { commissionedAt: new Date(now), commissionProblem: problem } })
      await appendJournal(db, now, ctx.clock.real(), [line])
    },
    // after a restart many chargers are set up at once
    { maxWait: 20_000, timeout: 20_000 },
  )
}
