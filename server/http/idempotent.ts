import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '#lib/api/problem.ts'
import type { Key, Who } from '#server/auth/who.ts'
import type { Ctx } from '#server/runtime.ts'
import { claim, forget, remember, remembered, takeOver } from '#server/store/idempotency.ts'

/** How long a repeat waits for the first one's answer, and after how long a first one is taken for dead. */
const PATIENCE_MS = 10_000
const DEAD_MS = 60_000
const STEP_MS = 50

/**
 * The same key and the same request get the same answer, and the work is done once. `commandId` follows from the key, so that even
 * a repeat after a crash in the middle names the same command: the work finds it by that id.
 * @throws Problem `invalid` without a key where one is needed, `conflict` for another request with that key or one still at work.
 */
export async function idempotent<T>(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  who: Key,
  request: Request,
  input: unknown,
  work: (commandId: string) => Promise<T>,
): Promise<T> {
  const key = keyOf(request)
  const { pathname } = new URL(request.url)
  const digest = sha256(`${request.method} ${pathname}\n${canonical(input)}`)
  const mine = { apiKeyId: who.id, key }
  const db = ctx.db.prisma
  const started = ctx.clock.monotonic()
  for (;;) {
    const at = new Date(ctx.clock.real())
    if (await claim(db, mine, digest, at)) break
    const earlier = await remembered(db, mine)
    if (!earlier) continue // the first one failed and let go just now
    if (earlier.requestDigest !== digest)
      throw problem('conflict', 'This Idempotency-Key was used for another request. Send a new key with a new request.')
    if (earlier.status !== 0) return earlier.response as T
    const age = at.getTime() - earlier.at.getTime()
    if (age > DEAD_MS && (await takeOver(db, mine, earlier.at, at))) break
    if (ctx.clock.monotonic() - started > PATIENCE_MS)
      throw problem('conflict', 'The first request with this Idempotency-Key is still at work. Ask again in a moment.')
    await pause(STEP_MS)
  }
  try {
    const result = await work(commandIdOf(who.id, key))
    await remember(db, mine, 200, result)
    return result
  } catch (error) {
    await forget(db, mine)
    throw error
  }
}

/** The same where the caller sent a key, and just done where none came. `id`: of the work, the same for a repeat. */
export const idempotentIfAsked = <T>(
  { ctx, who, request }: { ctx: Pick<Ctx, 'db' | 'clock'>; who: Who; request: Request },
  input: unknown,
  work: (id?: string) => Promise<T>,
): Promise<T> => (who.kind === 'key' && request.headers.has('idempotency-key') ? idempotent(ctx, who, request, input, work) : work())

function keyOf(request: Request): string {
  const key = request.headers.get('idempotency-key')?.trim()
  if (!key) throw problem('invalid', 'Send an Idempotency-Key header: any text of your own that is new for each command.')
  if (key.length > 200) throw problem('invalid', 'The Idempotency-Key has more than 200 characters.')
  return key
}

/** A UUID (version 8) from whose key it is and what it says. */
const commandIdOf = (apiKeyId: string, key: string): string => {
  const hex = sha256(`${apiKeyId}\n${key}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The same text for the same content, in whatever order its fields came. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
