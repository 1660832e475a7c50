import { actorWords } from '#lib/live/journal-words.ts'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { CallRisk } from '#lib/ocpp/call-guard.ts'
import { findItem } from '#lib/ocpp/configuration16.ts'
import { isSecretKey } from '#lib/ocpp/secrets16.ts'
import { answered } from '#lib/planning/books.ts'
import { heldBy } from '#lib/planning/held.ts'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import { plus } from '#lib/time/instant.ts'
import { keepConfiguration } from '../configuration/read-configuration.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { limitOutcome } from '../planning/carry-out.ts'
import type { ChargerAnswer } from '../runtime.ts'
import { findChargerSite } from '../store/charger-site.ts'
import { itemsOf, saveConfiguration } from '../store/configuration.ts'
import { confirmFallback } from '../store/fallback.ts'
import { writeOutcome } from '../store/limit.ts'
import { setDisobedience, setPort } from '../store/site.ts'
import { namesOfUsers } from '../store/user.ts'
import type { MadeCall } from './call-hooks.ts'
import type { Clearance } from './clear-call.ts'

/** What became of a limit that was written down before it left, as reconciliation writes it. */
export async function settleLimit(gateway: Gateway, clearance: Clearance, answer: ChargerAnswer): Promise<void> {
  const limit = clearance.kind === 'clear' ? clearance.limit : undefined
  if (!limit) return
  const at = gateway.clock.now()
  const accepted = answer.kind === 'accepted'
  await writeOutcome(gateway.db.prisma, {
    id: limit.id,
    ...answered(limitOutcome(answer), at),
    ...(answer.kind === 'refused' ? { reason: answer.reason } : {}),
  })
  const { portId, fallbackW, sentAt } = limit
  if (accepted && fallbackW !== undefined)
    await confirmFallback(gateway.db.prisma, { portId, fallbackW, sentAt, countsAt: plus(at, SETTLE_MS) })
}

/**
 * What a call that left changes in our books. A room's own books never take the answer from who asked; they are kept before a pass may
 * send this charger anything, so a hook must not wait for another call to it.
 */
export async function keepBooks(gateway: Gateway, action: SendableAction, call: MadeCall): Promise<void> {
  const { charger, answer, payload } = call
  if (action === 'ChangeAvailability' && answer.kind === 'accepted') await takeAvailability(gateway, call)
  if (action === 'GetConfiguration' && answer.kind === 'accepted')
    await keepConfiguration(gateway, charger.id, answer.response, payload.key === undefined)
  if (action === 'ChangeConfiguration' && answer.kind === 'accepted') await keepChange(gateway, call)
  await gateway.afterCall[action]?.(gateway, call).catch((error: unknown) => {
    gateway.log.error({ err: error, charger: charger.id, action }, 'the books of a call could not be kept')
  })
}

/** Who is told of a call that left. */
export async function tellOfCall(gateway: Gateway, risk: CallRisk, charger: MadeCall['charger']): Promise<void> {
  // fallback and limits are written anew, whatever became of the call
  if (risk.kind === 'forgets' || risk.kind === 'profile') gateway.wakes.reconcile(charger.id)
  for (const portId of (await findChargerSite(gateway.db.prisma, charger.id))?.portIds ?? []) gateway.wakes.touched(portId)
  gateway.feed.publish({ kind: 'changed', depotId: charger.depotId, what: 'chargers', id: charger.id })
}

/** The value it took stands in its configuration until it tells it anew; nothing is kept of one that never told any. */
async function keepChange({ db }: Gateway, { charger, payload }: MadeCall): Promise<void> {
  const key = String(payload.key)
  const row = await db.prisma.charger.findUnique({ where: { id: charger.id }, select: { configuration: true } })
  const items = row ? itemsOf(row.configuration) : []
  if (!findItem(items, key) || isSecretKey(key)) return
  const changed = items.map((item) => (item === findItem(items, key) ? { ...item, value: String(payload.value) } : item))
  await saveConfiguration(db.prisma, charger.id, { items: changed })
}

async function takeAvailability(gateway: Gateway, { charger, payload, answer, actor }: MadeCall): Promise<void> {
  const db = gateway.db.prisma
  const at = new Date(gateway.clock.now())
  const scheduled = answer.kind === 'accepted' && answer.detail === 'scheduled'
  const ports = await db.port.findMany({
    where: { chargerId: charger.id, ...(payload.connectorId === 0 ? {} : { number: Number(payload.connectorId) }) },
    select: { id: true },
  })
  const who = (await namesOfUsers(db, [actor])).get(actor) ?? actorWords(actor)
  for (const { id } of ports) {
    if (payload.type === 'Operative') {
      gateway.obedience.forgive(id)
      await setDisobedience(db, charger.id, null, 0)
      await setPort(db, id, { heldReason: null, inoperativeAt: null })
    } else await setPort(db, id, { heldReason: heldBy(who), ...(scheduled ? {} : { inoperativeAt: at }) })
  }
  gateway.wakes.replan(charger.depotId, 'a port was taken in or out of use')
}
