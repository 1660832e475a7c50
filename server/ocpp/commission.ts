import { z } from 'zod'
import { type ConfigurationItem, findItem, quirksFrom, sameValue, settingsToChange } from '#lib/ocpp/configuration16.ts'
import type { RecordCtx } from '../charging/recording.ts'
import { appendJournal } from '../store/journal.ts'
import type { Connection } from './connection.ts'

const configuration = z.object({
  configurationKey: z
    .array(z.object({ key: z.string().max(200), readonly: z.boolean().default(false), value: z.string().max(2000).nullish() }))
    .default([]),
})

/**
 * After every accepted boot, and when a charger comes back without one: learn what it is (GetConfiguration → quirks, as data) and set
 * what we need of it. What could not be set is one sentence for the operator. The fallback limit is the reconciliation's, which is woken
 * at the end, as it is on connect.
 */
export async function commission(ctx: RecordCtx, connection: Connection): Promise<void> {
  const { charger } = connection
  const asked = await connection.call({ kind: 'getConfiguration' })
  if (asked.kind === 'offline' || asked.kind === 'lost') return
  const read = asked.kind === 'accepted' ? configuration.safeParse(asked.response) : undefined
  const items: ConfigurationItem[] = (read?.success ? read.data.configurationKey : []).map(({ key, value, readonly }) => ({
    key,
    value: value ?? null,
    readonly,
  }))
  const problems: string[] = []
  if (items.length === 0) problems.push('It does not tell its configuration.')
  const stored = await ctx.db.prisma.charger.findUniqueOrThrow({ where: { id: charger.id }, select: { quirks: true, configuration: true } })
  const quirks = quirksFrom(items, stored.quirks)
  const save = { quirks, ...(items.length > 0 ? { configuration: items } : {}) }
  await ctx.db.prisma.charger.update({ where: { id: charger.id }, data: save })
  if (quirks.connectors !== undefined && quirks.connectors !== charger.ports.size)
    problems.push(`It has ${quirks.connectors} connectors, ${charger.ports.size} are registered.`)
  if (!quirks.smartCharging) problems.push('It cannot be limited: it has no smart charging.')

  for (const { key, value, orElse = [], needed } of settingsToChange(items)) {
    let set: string | undefined
    const item = findItem(items, key)
    for (const each of [value, ...orElse]) {
      // a boot must not wear the flash with what is there already
      if (item && sameValue(item.value, each)) set = each
      if (set !== undefined) break
      const answer = await connection.call({ kind: 'changeConfiguration', key, value: each })
      if (answer.kind === 'offline' || answer.kind === 'lost') return
      if (answer.kind === 'accepted') {
        set = each
        break
      }
    }
    if (set !== undefined && item) item.value = set
    if (set === undefined && needed) problems.push(`It refuses ${key}=${value}.`)
  }
  await finish(ctx, connection, items, problems)
  ctx.wakes.reconcile(charger.id)
  // what changed while it was away
  if (!connection.booted && quirks.remoteTrigger) await connection.call({ kind: 'trigger', message: 'StatusNotification' })
}

async function finish(ctx: RecordCtx, { charger }: Connection, items: ConfigurationItem[], problems: string[]) {
  const now = ctx.clock.now()
  const problem = problems.length > 0 ? problems.join(' ') : null
  const kind = problem ? 'review.commission' : 'charger.commissioned'
  const line = { depotId: charger.depotId, actor: 'system', kind, subject: `charger:${charger.id}`, data: problem ? { problem } : {} }
  await ctx.db.prisma.$transaction(async (db) => {
    await db.charger.update({
      where: { id: charger.id },
      data: { commissionedAt: new Date(now), commissionProblem: problem, ...(items.length > 0 ? { configuration: items } : {}) },
    })
    await appendJournal(db, now, ctx.clock.real(), [line])
  })
}
