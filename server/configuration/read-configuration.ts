import { z } from 'zod'
import { notFound } from '#lib/api/problem.ts'
import { type ConfigurationItem, findItem, quirksFrom } from '#lib/ocpp/configuration16.ts'
import { type Quirks, withMeasured } from '#lib/ocpp/quirks.ts'
import { isSecretKey, MASK } from '#lib/ocpp/secrets16.ts'
import type { ChargerAnswer, ChargerCall, Ctx } from '../runtime.ts'
import { type ConfigurationBook, makeConfigurationBook } from './configuration-book.ts'

/** Asks this one charger, by whatever way reaches it. */
export type AskCharger = (call: ChargerCall) => Promise<ChargerAnswer>

const told = z.object({
  configurationKey: z
    .array(z.object({ key: z.string().max(200), readonly: z.boolean().default(false), value: z.string().max(2000).nullish() }))
    .default([]),
})

/** `silent`: it answered, and told nothing that can be read. `away`: the connection went. */
export type Read = { kind: 'away' } | { kind: 'silent'; quirks: Quirks } | { kind: 'read'; quirks: Quirks; items: ConfigurationItem[] }

/** What a charger is set to, asked of it and kept (GetConfiguration, 1.6 §5.8): its keys, and what they tell of its ways. */
export async function readConfiguration(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  chargerId: string,
  ask: AskCharger,
  book: ConfigurationBook = makeConfigurationBook(ctx),
): Promise<Read> {
  const answer = await ask({ kind: 'getConfiguration' })
  if (answer.kind === 'offline' || answer.kind === 'lost') return { kind: 'away' }
  return keepConfiguration(ctx, chargerId, answer.kind === 'accepted' ? answer.response : undefined, true, book)
}

/** Keeps what a GetConfiguration was answered, whoever asked. `whole`: for all keys, so that others are gone. @throws Problem not-found */
export async function keepConfiguration(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  chargerId: string,
  response: unknown,
  whole: boolean,
  book: ConfigurationBook = makeConfigurationBook(ctx),
): Promise<Extract<Read, { quirks: Quirks }>> {
  const read = told.safeParse(response)
  const items: ConfigurationItem[] = (read.success ? read.data.configurationKey : []).map(({ key, value, readonly }) => ({
    key,
    // a charger that tells its own key must not make us keep it
    value: isSecretKey(key) && value ? MASK : (value ?? null),
    readonly,
  }))
  const [charger, measured] = await Promise.all([book.ruled(chargerId), book.measured(chargerId)])
  if (!charger) throw notFound('charger', chargerId)
  const kept = whole ? items : [...charger.items.filter(({ key }) => !findItem(items, key)), ...items]
  // what a compatibility check measured of the model beats what the charger tells of itself
  const quirks = withMeasured(quirksFrom(items.length > 0 ? kept : items, charger.quirks), measured)
  await book.write({ id: chargerId, quirks, ...(items.length > 0 && { items: kept, readAt: ctx.clock.now() }) })
  return items.length > 0 ? { kind: 'read', quirks, items: kept } : { kind: 'silent', quirks }
}
