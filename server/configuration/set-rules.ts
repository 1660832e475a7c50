import { randomUUID } from 'node:crypto'
import type { DesiredInput } from '#lib/api/configuration.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { whyNotDesired } from '#lib/ocpp/configuration-guard.ts'
import type { OfflinePolicy } from '#lib/ocpp/offline-policy.ts'
import { noneHint } from '#lib/ocpp/wanted-settings.ts'
import type { Runtime } from '#server/runtime.ts'
import {
  deleteDesired,
  desiredByKey,
  desiredSetting,
  ruledChargers,
  rulesOfDepot,
  saveDesired,
  saveRules,
} from '#server/store/configuration.ts'
import { writeJournal } from '#server/store/journal.ts'
import { doubtLists } from '#server/store/token-list.ts'

type RuleCtx = Pick<Runtime, 'db' | 'clock' | 'feed' | 'gateway' | 'log'>
type By = { depotId: string; actor: string }

/** Who may charge at a charger without a connection. Every charger is told, those that are away when they are back. @throws Problem not-found */
export async function setOfflinePolicy(ctx: RuleCtx, { depotId, actor }: By, policy: OfflinePolicy): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    const before = await rulesOfDepot(db, depotId)
    if (!before) throw notFound('depot', depotId)
    if (before.offlinePolicy === policy) return
    await saveRules(db, depotId, { offlinePolicy: policy })
    // a charger whose list was switched off may have dropped it
    await doubtLists(db, depotId)
    const data = { setting: 'offlinePolicy', before: before.offlinePolicy, after: policy }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: depotId, data })
  })
  await tell(ctx, depotId, actor, true)
}

/** @throws Problem not-found */
export async function setRepair(ctx: RuleCtx, { depotId, actor }: By, on: boolean): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    const before = await rulesOfDepot(db, depotId)
    if (!before) throw notFound('depot', depotId)
    await saveRules(db, depotId, { repairAutomatically: on })
    const data = { setting: 'repairAutomatically', before: before.repairAutomatically, after: on }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: depotId, data })
  })
  await tell(ctx, depotId, actor, false)
}

/**
 * A key as it should be, also for a model or group that is still to come: then with a hint, since it may be misspelt. Keys that the envelope
 * or the security rests on cannot be desired. @throws Problem invalid
 */
export async function setDesired(ctx: RuleCtx, { depotId, actor }: By, input: DesiredInput): Promise<{ id: string; hint: string | null }> {
  const guarded = whyNotDesired(input.key, input.value)
  if (guarded !== undefined) throw problem('invalid', `${input.key} cannot be desired. ${guarded}`, { key: guarded })
  const id = await ctx.db.prisma.$transaction(async (db) => {
    const before = await desiredByKey(db, { depotId, ...input })
    const row = { ...input, id: before?.id ?? randomUUID(), depotId, changedBy: actor, changedAt: new Date(ctx.clock.now()) }
    await saveDesired(db, row)
    const data = { setting: `${input.kind} ${input.name}: ${input.key}`, before: before?.value ?? null, after: input.value }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: row.id, data })
    return row.id
  })
  await tell(ctx, depotId, actor, false)
  return { id, hint: noneHint(await ruledChargers(ctx.db.prisma, { depotId }), input) }
}

/** @throws Problem not-found */
export async function removeDesired(ctx: RuleCtx, { depotId, actor }: By, settingId: string): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    const before = await desiredSetting(db, depotId, settingId)
    if (!before) throw notFound('setting', settingId)
    await deleteDesired(db, settingId)
    const data = { setting: `${before.kind} ${before.name}: ${before.key}`, before: before.value, after: null }
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'setting.changed', subject: settingId, data })
  })
  await tell(ctx, depotId, actor, false)
}

/** `all`: chargers are told whatever the depot's setting for repair is. Those that are away are told when they are back. */
async function tell(ctx: RuleCtx, depotId: string, actor: string, all: boolean): Promise<void> {
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers' })
  await ctx.gateway.call('rulesChanged', { depotId, actor, all }).catch((error: unknown) => {
    ctx.log.warn({ err: error, depotId }, 'the gateway could not be told of changed rules')
  })
}
