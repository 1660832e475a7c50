import { mkdir } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Ctx } from '../runtime.ts'
import { findUrl } from '../store/file.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import { receive } from './receive.ts'
import { nothingHere, turnAway } from './say.ts'
import { send } from './send.ts'
import { hashToken } from './token.ts'

/** What transfers need of the world. */
export type FilesCtx = Pick<Ctx, 'clock' | 'db' | 'log' | 'feed'> & { env: Pick<Ctx['env'], 'dataDir'> }

/** Bounds wrong addresses per caller, as the endpoint does with wrong keys. */
export type Misses = { mayLook(address: string): boolean; failed(address: string, identity: string): { limited: boolean; alert: boolean } }

export type Files = {
  /** Answers `/files/…`, for whichever listener it came in by; `address` is the caller's own. False: not for us. */
  answer(request: IncomingMessage, response: ServerResponse, address: string): boolean
  /** Until no transfer runs; those that do are cut off, and go on after the next start. */
  close(): Promise<void>
}

/** One transfer at a time and address: the newest, since a charger that lost its connection comes back before we notice. */
export type Transfer = { socket: Socket /** All of it is here: only the books are to be closed. */; whole: boolean; done: Promise<void> }

const MOST_AT_ONCE = 200
const TOKEN = /^\/files\/([A-Za-z0-9_-]{27})(?:\/([^?#]*))?(?:[?#].*)?$/

/**
 * The door for bytes: chargers bring logs here and fetch firmware, each over a one-time address made by `makeUrl`. Uploads by PUT or POST
 * (the body itself, or a form), resumable by Content-Range; downloads by GET, resumable by Range; HEAD tells how much there is.
 * A token opens one file in one direction, for one charger, until the transfer is complete or its time (real) is over.
 */
export function makeFiles(ctx: FilesCtx, misses: Misses): Files {
  const transfers = new Map<string, Transfer>()
  let closing = false

  async function serve(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    const { promise: done, resolve: finished } = Promise.withResolvers<void>()
    const transfer: Transfer = { socket: request.socket, whole: false, done }
    const onWhole = () => {
      transfer.whole = true
    }
    const found = TOKEN.exec(request.url ?? '')
    if (!misses.mayLook(address)) return turnAway(request, response, 429, 'Too many attempts. Come back later.', { 'Retry-After': 30 })
    const tokenHash = found ? hashToken(found[1]!) : ''
    const known = found ? await findUrl(ctx.db.prisma, tokenHash) : undefined
    if (!known || isAnother(request, known.identity)) {
      const { limited, alert } = misses.failed(address, 'files')
      if (alert) ctx.log.warn({ address }, 'too many wrong file addresses')
      if (limited) return turnAway(request, response, 429, 'Too many attempts. Come back later.', { 'Retry-After': 30 })
      return nothingHere(request, response)
    }
    if (request.method === 'HEAD') return known.url.direction === 'upload' ? receive(ctx, given(known)) : send(ctx, given(known))
    if (transfers.size >= MOST_AT_ONCE)
      return turnAway(request, response, 503, 'Too many transfers at once. Come back later.', { 'Retry-After': 30 })
    const before = transfers.get(tokenHash)
    transfers.set(tokenHash, transfer)
    const stopWatching = dropWhenIdle(request.socket)
    try {
      if (before) await yields(before, request.socket)
      if (request.socket.destroyed) return
      // one before may have used the address up since we looked, also one that has just ended
      const still = await findUrl(ctx.db.prisma, tokenHash)
      if (!still) return nothingHere(request, response)
      await (still.url.direction === 'upload' ? receive(ctx, given(still)) : send(ctx, given(still)))
    } finally {
      stopWatching()
      finished()
      if (transfers.get(tokenHash) === transfer) transfers.delete(tokenHash)
    }

    function given({ url, file }: NonNullable<Awaited<ReturnType<typeof findUrl>>>) {
      return { request, response, url, file, address, calledAs: found?.[2] ?? '', path: join(ctx.env.dataDir, 'files', file.path), onWhole }
    }
  }

  return {
    answer(request, response, address) {
      if (request.url !== '/files' && !request.url?.startsWith('/files/')) return false
      if (closing) {
        turnAway(request, response, 503, 'The server restarts. Come back in a moment.', { 'Retry-After': 5 })
        return true
      }
      serve(request, response, address).catch((error: unknown) => {
        if (isDatabaseAway(error)) return turnAway(request, response, 503, 'Come back in a moment.', { 'Retry-After': 10 })
        ctx.log.error({ err: error }, 'a file transfer failed')
        turnAway(request, response, 500, 'This failed here, not on your side.')
      })
      return true
    },
    async close() {
      closing = true
      const all = [...transfers.values()]
      for (const { socket } of all) socket.destroy()
      await Promise.allSettled(all.map(({ done }) => done))
    },
  }
}

/** Nobody has to say who they are here; whoever does, and is not the charger that the address was made for, is a stranger to it. */
function isAnother({ headers }: IncomingMessage, identity: string | undefined): boolean {
  const given = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (given === undefined || identity === undefined) return false
  return Buffer.from(given, 'base64').toString('utf8').split(':')[0] !== identity
}

const YIELD_MS = 2000
const IDLE_MS = 60_000

/** The one before may be about to end; else it gives way, unless all of its bytes are here. */
async function yields(before: Transfer, to: Socket): Promise<void> {
  const timer = setTimeout(() => {
    if (!before.whole && before.socket !== to) before.socket.destroy()
  }, YIELD_MS)
  await before.done
  clearTimeout(timer)
}

/** A peer that neither sends nor takes for a minute is gone: its place is needed. @returns stops the watch */
function dropWhenIdle(socket: Socket): () => void {
  let moved = socket.bytesRead + socket.bytesWritten
  const timer = setInterval(() => {
    const now = socket.bytesRead + socket.bytesWritten
    if (now === moved) socket.destroy()
    moved = now
  }, IDLE_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** The place of the bytes, readable by this user only. */
export const makeFilesDir = async ({ env }: Pick<FilesCtx, 'env'>): Promise<string> => {
  const dir = join(env.dataDir, 'files')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return dir
}
