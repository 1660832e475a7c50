import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { minutes } from '#lib/time/instant.ts'
import { beginUrl, useUpUrl } from '../store/file.ts'
import type { FilesCtx } from './files.ts'
import { asAttachment } from './name.ts'
import { digestHeader, type Given, heldBytes } from './receive.ts'
import { nothingHere, say, turnAway } from './say.ts'

/**
 * After the last byte was handed over some of it may still be lost on the way: for this long (real time) a resume, never the whole, is
 * answered. A charger that lost its connection at the very end finishes; a copied address opens nothing from the start.
 */
const TAIL_MS = minutes(10)

/** Gives a complete file, whole or from where a `Range` says. The address is used up once the last byte has left. */
export async function send(ctx: FilesCtx, given: Given): Promise<void> {
  const { request, response, url, file, path } = given
  const real = ctx.clock.real()
  const resumed = /^bytes=[1-9]\d*-/.test(request.headers.range ?? '')
  const spent = url.usedAt !== null && !(resumed && real - url.usedAt.getTime() < TAIL_MS)
  if (file.state !== 'complete' || spent || url.expiresAt.getTime() <= real) return nothingHere(request, response)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return turnAway(request, response, 405, 'Fetch the file with GET.', { Allow: 'GET, HEAD' })
  const size = file.sizeBytes
  if ((await heldBytes(path)) !== size) {
    ctx.log.error({ file: file.id }, 'the bytes of a file are gone from DATA_DIR/files')
    return turnAway(request, response, 410, 'The file is not here any more.')
  }
  const etag = `"${file.sha256}"`
  const range =
    request.headers['if-range'] === undefined || request.headers['if-range'] === etag ? rangeOf(request.headers.range, size) : undefined
  if (range === 'beyond') return say(response, 416, 'There is nothing at this place.', { 'Content-Range': `bytes */${size}` })
  const { from, until } = range ?? { from: 0, until: size }
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': until - from,
    'Content-Disposition': asAttachment(file.name),
    'Accept-Ranges': 'bytes',
    ETag: etag,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ...(file.sha256 && { 'Repr-Digest': digestHeader(file.sha256) }),
    ...(range && { 'Content-Range': `bytes ${from}-${until - 1}/${size}` }),
  })
  if (request.method === 'HEAD') return void response.end()
  await beginUrl(ctx.db.prisma, url.tokenHash, real, given.address)
  try {
    if (from === until) response.end()
    else await pipeline(createReadStream(path, { start: from, end: until - 1 }), response)
  } catch {
    ctx.log.info({ file: file.id, charger: url.chargerId }, 'a download broke off; it may go on')
    return
  }
  if (until !== size) return
  given.onWhole()
  await useUpUrl(ctx.db.prisma, url.tokenHash, ctx.clock.real())
}

/** One range; several at once, or what cannot be read, get the whole (RFC 9110, 14.2). */
function rangeOf(header: string | undefined, size: number): { from: number; until: number } | undefined | 'beyond' {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return undefined
  const last = found[1] === '' ? size - 1 : found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1)
  const from = found[1] === '' ? Math.max(0, size - Number(found[2])) : Number(found[1])
  return from > last || from >= size ? 'beyond' : { from, until: last + 1 }
}
