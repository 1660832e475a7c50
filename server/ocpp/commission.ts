import { connectorsDiffer } from '#lib/charging/commission-words.ts'
import type { RecordCtx } from '../charging/recording.ts'
import { applySettings } from '../configuration/apply-settings.ts'
import type { ConfigurationBook } from '../configuration/configuration-book.ts'
import { type AskCharger, readConfiguration } from '../configuration/read-configuration.ts'
import type { Connection } from './connection.ts'

/**
 * After every accepted boot, and when a charger comes back without one: learn what it is (GetConfiguration → quirks, as data) and set
 * what is wanted of it (lib/ocpp/wanted-settings.ts). What could not be set is one sentence for the operator. Its limits and its local
 * list are for reconciliation, which is woken at the end, as it is on connect.
 */
export async function commission(ctx: RecordCtx, connection: Connection, book: ConfigurationBook): Promise<void> {
  const { charger } = connection
  const ask: AskCharger = (call) => connection.call(call)
  const read = await readConfiguration(ctx, charger.id, ask, book)
  if (read.kind === 'away') return
  const { quirks } = read
  const problems: string[] = []
  if (read.kind === 'silent') problems.push('It does not tell its configuration.')
  if (quirks.connectors !== undefined && quirks.connectors !== charger.ports.size)
    problems.push(connectorsDiffer(quirks.connectors, charger.ports.size))
  if (!quirks.smartCharging) problems.push('It cannot be limited: it has no smart charging.')

  const applied = await applySettings(ctx, charger.id, ask, { actor: 'system' }, book)
  if (applied.away) return
  for (const { key, wanted, needed } of applied.refused) if (needed) problems.push(`It refuses ${key}=${wanted}.`)
  const problem = problems.length > 0 ? problems.join(' ') : null
  const kind = problem ? 'review.commission' : 'charger.commissioned'
  const line = { depotId: charger.depotId, actor: 'system', kind, subject: `charger:${charger.id}`, data: problem ? { problem } : {} }
  await book.write({ id: charger.id, commissioned: { at: ctx.clock.now(), problem }, line })
  ctx.wakes.reconcile(charger.id)
  // what changed while it was away
  if (!connection.booted && quirks.remoteTrigger) await connection.call({ kind: 'trigger', message: 'StatusNotification' })
}
