import { notFound } from '#lib/api/problem.ts'
import { verdictOnKey } from '#lib/ocpp/configuration-guard.ts'
import { findItem, sameValue } from '#lib/ocpp/configuration16.ts'
import { type Compared, compare, type SettingAnswer, wantedOf } from '#lib/ocpp/wanted-settings.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
import type { RuledRow } from '../store/configuration.ts'
import { type ConfigurationBook, makeConfigurationBook } from './configuration-book.ts'
import type { AskCharger } from './read-configuration.ts'

/** What came of it, key by key. `away`: the connection went before all were told. `held`: the envelope has no room for what the key may do. */
export type Applied = {
  away: boolean
  set: string[]
  refused: Compared[]
  reboot: string[]
  unanswered: string[]
  held: { key: string; reason: string }[]
}

/** Sets a maker's key that may be a limit of its own: through the envelope, which may hold it back. */
export type AskGuarded = (key: string, value: string) => Promise<ChargerAnswer | { kind: 'held'; reason: string }>

/**
 * Tells a charger each setting that is not as wanted (ChangeConfiguration, 1.6 §5.3), and keeps what it said: what it refuses is not asked
 * again of this firmware unless `again`, what wants a reboot is shown and nothing reboots by itself. Keys that the envelope rests on are
 * never among what is wanted; makers' keys that may be limits go by `askGuarded`, and wait for a repair where there is none (at a boot). @throws Problem not-found
 */
export async function applySettings(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  chargerId: string,
  ask: AskCharger,
  { actor, again = false, askGuarded }: { actor: string; again?: boolean; askGuarded?: AskGuarded },
  book: ConfigurationBook = makeConfigurationBook(ctx),
): Promise<Applied> {
  const charger = await book.ruled(chargerId)
  if (!charger) throw notFound('charger', chargerId)
  const applied: Applied = { away: false, set: [], refused: [], reboot: [], unanswered: [], held: [] }
  let spoke = false
  const changes: { key: string; before: string | null; after: string; said: string }[] = []
  for (const one of compare(wantedOf(charger), charger, again)) {
    if (one.state === 'refused') applied.refused.push(one)
    if (!TOLD.has(one.state)) continue
    const guarded = verdictOnKey(one.key, one.wanted).kind === 'mayBeLimit'
    if (guarded && !askGuarded) continue
    const tell: AskGuarded = guarded && askGuarded ? askGuarded : (key, value) => ask({ kind: 'changeConfiguration', key, value })
    const { away, said, held } = await tellOne(charger, one, tell)
    spoke ||= said.length > 0
    if (held !== undefined) {
      applied.held.push({ key: one.key, reason: held })
      continue
    }
    if (away) {
      applied.away = true
      break
    }
    for (const { value, answer } of said) noteAnswer(ctx, charger, one.key, value, answer)
    const last = said.at(-1)!
    const what = outcomeOf(last.answer)
    if (what === 'set' || what === 'reboot') changes.push({ key: one.key, before: one.has, after: last.value, said: what })
    if (what === 'refused') {
      applied.refused.push({ ...one, state: 'refused' })
      changes.push({ key: one.key, before: one.has, after: one.wanted, said: what })
    } else applied[what].push(one.key)
  }
  // nothing was told: a charger that comes back as it left costs no write
  if (!spoke) return applied
  const data = { changes: changes.map((change) => ({ ...change })) }
  const line = { depotId: charger.depotId, actor, kind: 'charger.configured', subject: `charger:${chargerId}`, data }
  await book.write({ id: chargerId, items: charger.items, answers: charger.answers, ...(changes.length > 0 && { line }) })
  return applied
}

/** An absent list of keys means: try. */
const TOLD: ReadonlySet<Compared['state']> = new Set(['differs', 'unknown', 'notTold'])

type Said = { value: string; answer: ChargerAnswer }

async function tellOne(
  charger: RuledRow,
  { key, tell }: Compared,
  ask: AskGuarded,
): Promise<{ away: boolean; said: Said[]; held?: string }> {
  const said: Said[] = []
  for (const value of tell) {
    // a boot must not wear the flash with what is there already
    const item = findItem(charger.items, key)
    const answer: Awaited<ReturnType<AskGuarded>> =
      item && sameValue(item.value, value) ? { kind: 'accepted', response: {} } : await ask(key, value)
    if (answer.kind === 'held') return { away: false, said, held: answer.reason }
    if (answer.kind === 'offline' || answer.kind === 'lost') return { away: true, said }
    said.push({ value, answer })
    if (answer.kind !== 'refused') break
  }
  return { away: false, said }
}

const outcomeOf = (answer: ChargerAnswer): 'set' | 'refused' | 'reboot' | 'unanswered' =>
  answer.kind === 'accepted'
    ? answer.detail === 'rebootRequired'
      ? 'reboot'
      : 'set'
    : answer.kind === 'refused'
      ? 'refused'
      : 'unanswered'

/** Into the charger's row as we hold it: its configuration as it must be now, and its word on this key. */
export function noteAnswer(
  ctx: Pick<Ctx, 'clock'>,
  charger: Pick<RuledRow, 'answers' | 'firmware' | 'items'>,
  key: string,
  value: string,
  answer: ChargerAnswer,
): void {
  const what = outcomeOf(answer)
  if (what === 'unanswered') return
  const id = key.toLowerCase()
  const known = charger.answers[id]
  const before: SettingAnswer = known?.firmware === charger.firmware ? known : { firmware: charger.firmware, refused: [] }
  const refused = before.refused.filter((each) => !sameValue(each.value, value))
  if (what === 'refused') {
    const said = answer.kind === 'refused' ? answer.reason : 'Rejected'
    charger.answers[id] = { ...before, refused: [...refused, { value, said }].slice(-8) }
    return
  }
  const item = findItem(charger.items, key)
  if (what === 'set' && item) item.value = value
  charger.answers[id] = {
    firmware: charger.firmware,
    refused,
    ...(what === 'reboot' && { reboot: { value, at: ctx.clock.now() } }),
    ...(what === 'set' && !item && { took: value }),
  }
}
