import { z } from 'zod'
import { changedList, fullList, type ListMessage, type ListRoom, leastVersion, listed, listRoom } from '#lib/ocpp/local-list.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { changesAfter, type ListCharger, listTokens, raiseListVersion, saveList } from '../store/token-list.ts'
import { clearCache } from './clear-cache.ts'
import type { ListBook } from './list-book.ts'

/** `largeInTurn`: a full list is a large message, so few are sent at a time. */
export type ListCtx = Pick<Ctx, 'db' | 'clock' | 'links' | 'feed'> & {
  book: ListBook
  largeInTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/** `nothing`: it has no list, or it is off. `away`: it will be asked when it is back. `failed`: tried again later where that may help. */
export type Synced = { kind: 'synced' | 'nothing' | 'away' } | { kind: 'failed'; problem: string; again: boolean }

const told = z.object({ listVersion: z.number().int() })

/**
 * Brings one charger's local list to the depot's version (1.6 §5.10, §5.15): asks for its version where that may have changed, sends the
 * differences where it is at a version of ours, the whole list else, in parts that it has room for. What we know of it is written down before
 * and after each step, so that a restart in the middle goes on from there. Its cache is cleared where a changed token may be in it.
 */
export async function syncList(ctx: ListCtx, chargerId: string): Promise<Synced> {
  const charger = await ctx.book.charger(chargerId)
  if (!charger?.connectedAt) return { kind: 'away' }
  const cleared = await clearCache(ctx, charger)
  if (cleared === 'away') return { kind: 'away' }
  const room = listRoom(charger.items)
  if (!room || charger.policy === 'nobody') {
    // no longer looked at until it comes back, boots or the policy changes
    await ctx.book.save(charger.id, { version: null, at: ctx.clock.now(), problem: null })
    return { kind: 'nothing' }
  }
  const version = await versionOf(ctx, charger)
  if (typeof version === 'object' && version !== null) return failed(ctx, charger, version)
  if (version === charger.wanted) {
    if (charger.problem !== null) await ctx.book.save(charger.id, { problem: null })
    return cleared === 'unanswered' ? { kind: 'failed', problem: 'It did not answer ClearCache.', again: true } : { kind: 'synced' }
  }
  const outcome = await ctx.largeInTurn(() => send(ctx, charger, room, version))
  if (outcome.kind !== 'synced') return failed(ctx, charger, outcome)
  ctx.feed.publish({ kind: 'changed', depotId: charger.depotId, what: 'chargers', id: charger.id })
  return outcome
}

type Trouble = Exclude<Synced, { kind: 'synced' | 'nothing' }> | { kind: 'away' }

/** The version that the charger is at; null: at none of ours. What it told since it came is not asked again. */
async function versionOf(ctx: ListCtx, charger: ListCharger): Promise<number | null | Trouble> {
  const { at, connectedAt, bootedAt } = charger
  const fresh = at !== null && at >= connectedAt! && (bootedAt === null || at >= bootedAt)
  if (fresh && charger.version !== null) return charger.version
  const answer = await ctx.links.call(charger.id, { kind: 'message', action: 'GetLocalListVersion', payload: {} })
  if (answer.kind !== 'accepted') return trouble(answer, 'GetLocalListVersion')
  const read = told.safeParse(answer.response)
  if (!read.success) return { kind: 'failed', problem: 'It does not tell the version of its list.', again: true }
  const { listVersion } = read.data
  if (listVersion < 0) return { kind: 'failed', problem: 'It says that it keeps no list (version −1).', again: false }
  // a version that is not the one we left there is somebody else's list, or the charger lost ours
  const version = listVersion === charger.version ? listVersion : null
  await ctx.book.save(charger.id, { version, at: ctx.clock.now() })
  return version
}

type Sending = { messages: ListMessage[]; whole: boolean; tokens: number; version: number }

async function send(ctx: ListCtx, charger: ListCharger, room: ListRoom, version: number | null): Promise<Synced> {
  let sending = await messagesFor(ctx, charger, room, version)
  for (;;) {
    const answer = await sendParts(ctx, charger, sending)
    if (answer.kind === 'accepted') break
    // it is not where we thought, or could not take the differences: the whole list puts it right
    if (answer.kind === 'refused' && !sending.whole && MENDED_BY_WHOLE.has(answer.reason)) {
      sending = await messagesFor(ctx, charger, room, null)
      continue
    }
    // whether it took a part is not known: it is asked
    await ctx.book.save(charger.id, { at: null, ...(sending.whole && { version: null }) })
    return trouble(answer, 'SendLocalList')
  }
  const { whole, tokens, messages } = sending
  await writeJournal(ctx.db.prisma, ctx.clock, {
    depotId: charger.depotId,
    actor: 'system',
    kind: 'charger.listSynced',
    subject: `charger:${charger.id}`,
    data: { version: sending.version, from: version, how: whole ? 'Full' : 'Differential', tokens, parts: messages.length },
  })
  return { kind: 'synced' }
}

const MENDED_BY_WHOLE = new Set(['VersionMismatch', 'Failed'])

async function messagesFor(ctx: ListCtx, charger: ListCharger, room: ListRoom, version: number | null): Promise<Sending> {
  const db = ctx.db.prisma
  const all = await listTokens(db, charger.depotId, false)
  const fits = all.length <= room.most
  if (version !== null && version < charger.wanted && fits) {
    const changes = await changesAfter(db, charger.depotId, version)
    const messages = changedList(changes, new Map(all.map((token) => [token.idTag, token])), room)
    const last = messages.at(-1)
    if (last && last.listVersion >= charger.wanted) return { messages, whole: false, tokens: changes.length, version: last.listVersion }
  }
  const tokens = listed(fits ? all : await listTokens(db, charger.depotId, true), room.most, charger.policy)
  const least = leastVersion(tokens.length, room)
  if (charger.wanted < least) await raiseListVersion(db, charger.depotId, least)
  // what changed since the version was read may be in it or not: it follows as a difference
  const as = Math.max(charger.wanted, least)
  return { messages: fullList(tokens, as, room), whole: true, tokens: tokens.length, version: as }
}

async function sendParts(ctx: ListCtx, charger: ListCharger, { messages, whole, version }: Sending): Promise<ChargerAnswer> {
  // from the first part on the list is neither the old one nor the new one
  if (whole) await ctx.book.save(charger.id, { version: null, at: null })
  let answer: ChargerAnswer = { kind: 'offline' }
  for (const payload of messages) {
    answer = await ctx.links.call(charger.id, { kind: 'message', action: 'SendLocalList', payload })
    if (answer.kind !== 'accepted') return answer
    if (!whole) await ctx.book.save(charger.id, { version: payload.listVersion, at: ctx.clock.now() })
  }
  await ctx.book.save(charger.id, { version, at: ctx.clock.now(), problem: null })
  return answer
}

/** What is not there is not asked for again; all else may be better next time. */
const NEVER = new Set(['NotSupported', 'NotImplemented'])

function trouble(answer: ChargerAnswer, action: string): Trouble {
  switch (answer.kind) {
    case 'offline':
    case 'lost':
    case 'superseded':
      return { kind: 'away' }
    case 'refused':
      return { kind: 'failed', problem: `It answered ${action} with ${answer.reason}.`, again: !NEVER.has(answer.reason) }
    default:
      return { kind: 'failed', problem: `It did not answer ${action}.`, again: true }
  }
}

/** Kept for the operator, and told once. */
async function failed(ctx: ListCtx, charger: ListCharger, outcome: Synced): Promise<Synced> {
  if (outcome.kind !== 'failed') return outcome
  const { problem, again } = outcome
  await ctx.db.prisma.$transaction(async (db) => {
    await saveList(db, charger.id, { problem, ...(again ? {} : { version: null, at: ctx.clock.now() }) })
    if (charger.problem === problem) return
    const subject = `charger:${charger.id}`
    await writeJournal(db, ctx.clock, { depotId: charger.depotId, actor: 'system', kind: 'review.localList', subject, data: { problem } })
  })
  return outcome
}
