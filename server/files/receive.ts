import { open, stat, unlink } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isProblem } from '#lib/api/problem.ts'
import { beginUrl, changeFile, closeUrls, type FileRow, type UrlRow } from '../store/file.ts'
import { appendJournal } from '../store/journal.ts'
import { complete } from './complete.ts'
import { type FilesCtx, makeFilesDir } from './files.ts'
import { boundaryOf, fileOfForm } from './form.ts'
import { namedAs } from './name.ts'
import { nothingHere, say, turnAway } from './say.ts'
import { begun, refused } from './tell.ts'

export type Given = {
  request: IncomingMessage
  response: ServerResponse
  url: UrlRow
  file: FileRow
  address: string
  /** What the caller added to the address. */
  calledAs: string
  path: string
  /** Nobody newer takes its place from now on. */
  onWhole(): void
}

const PROGRESS_MS = 1000

/** `Content-Range: bytes 0-999/5000`; the total may be `*`. */
type Piece = { from: number; until: number; total: number | undefined }

/**
 * Takes a file, or the next piece of one, straight to the disk. Answers 201 when it is complete, 202 when more is awaited, 409 with
 * `Upload-Offset` when a piece does not begin where we are; HEAD tells the offset. A transfer that breaks off keeps what has come.
 */
export async function receive(ctx: FilesCtx, given: Given): Promise<void> {
  const { request, response, url, file, path } = given
  const awaited =
    url.usedAt === null && url.expiresAt.getTime() > ctx.clock.real() && (file.state === 'awaited' || file.state === 'receiving')
  if (!awaited) return nothingHere(request, response)
  const held = await heldBytes(path)
  const state = { 'Upload-Offset': held, 'Upload-Limit': `max-size=${file.maxBytes}` }
  if (request.method === 'HEAD') return say(response, 200, '', { ...state, 'Content-Length': 0 })
  if (request.method !== 'PUT' && request.method !== 'POST')
    return turnAway(request, response, 405, 'Send the file with PUT or POST.', { Allow: 'PUT, POST, HEAD' })
  const piece = pieceOf(request.headers['content-range'])
  if (piece === 'wrong') return turnAway(request, response, 400, 'Content-Range has the form: bytes 0-999/5000', state)
  const boundary = boundaryOf(request.headers['content-type'])
  if (piece && boundary !== undefined)
    return turnAway(request, response, 400, 'A form cannot be sent in pieces: send the file itself.', state)
  if (piece && piece.from > held) return turnAway(request, response, 409, `There are ${held} bytes here. Go on from there.`, state)
  const [length, said] = [piece && piece.until - piece.from, request.headers['content-length']]
  // before anything is written: what is here already stays
  if (piece && said !== undefined && Number(said) !== length)
    return turnAway(request, response, 400, `Content-Range says ${length} bytes, and the body has ${said}.`, state)
  const announced = piece ? (piece.total ?? piece.until) : boundary === undefined ? Number(request.headers['content-length'] ?? 0) : 0
  if (announced > file.maxBytes) return tooLarge(ctx, given)

  await beginUrl(ctx.db.prisma, url.tokenHash, ctx.clock.real(), given.address)
  await begun(ctx, file)
  let name = given.calledAs
  // the answer is still to be given when a body is not read to its end
  const source: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  const body =
    boundary === undefined
      ? source
      : fileOfForm(source, boundary, (told) => {
          name = told || name
        })
  const written = await write(ctx, given, body, piece?.from ?? 0, piece?.until)
  await changeFile(ctx.db.prisma, file.id, ['receiving'], { sizeBytes: written.at, ...nameOf(file, name) })
  switch (written.kind) {
    case 'tooLarge':
      return tooLarge(ctx, given)
    case 'brokenOff':
      ctx.log.info({ file: file.id, charger: file.chargerId, at: written.at }, 'a file transfer broke off; it may go on')
      request.socket.destroy()
      return
    case 'noFile':
      return turnAway(request, response, 400, written.reason, piece ? { 'Upload-Offset': written.at } : {})
    case 'noRoom':
      return noRoom(ctx, given, written.error)
    case 'written':
      break
  }
  const whole = file.kind === 'firmware' ? written.at === file.maxBytes : !piece || written.at === piece.total
  if (!whole) return say(response, 202, 'More is awaited.', { 'Upload-Offset': written.at })
  given.onWhole()
  const answer = await complete(ctx, given, written.at)
  switch (answer.kind) {
    case 'complete':
      return say(response, 201, 'Thank you.', { 'Upload-Offset': written.at, 'Repr-Digest': digestHeader(answer.sha256) })
    case 'usedUp':
      return nothingHere(request, response)
    case 'refused':
      return say(response, 422, answer.reason)
    case 'corrupt':
      return say(response, 422, 'It is not what Repr-Digest says: send it again from the start.', { 'Upload-Offset': 0 })
  }
}

export const digestHeader = (sha256: string): string => `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`

export const heldBytes = async (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

function pieceOf(header: string | undefined): Piece | undefined | 'wrong' {
  if (header === undefined) return undefined
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header.trim())
  if (!found) return 'wrong'
  const [from, last] = [Number(found[1]), Number(found[2])]
  const total = found[3] === '*' ? undefined : Number(found[3])
  return last < from || (total !== undefined && last >= total) ? 'wrong' : { from, until: last + 1, total }
}

type Written =
  | { kind: 'written' | 'tooLarge' | 'brokenOff'; at: number }
  | { kind: 'noFile'; at: number; reason: string }
  | { kind: 'noRoom'; at: number; error: unknown }

/** Bytes from `from` on; what was there behind it goes. Nothing is held in memory but the piece at hand. */
async function write(
  ctx: FilesCtx,
  { request, file, path }: Given,
  body: AsyncIterable<Buffer>,
  from: number,
  until: number | undefined,
): Promise<Written> {
  let at = from
  let told = ctx.clock.monotonic()
  let handle: Awaited<ReturnType<typeof open>>
  try {
    await makeFilesDir(ctx)
    // no file of that name is followed elsewhere, and nobody else may read it
    handle = await open(path, 'a+', 0o600)
    await handle.close()
    handle = await open(path, 'r+')
    await handle.truncate(from)
  } catch (error) {
    return { kind: 'noRoom', at, error }
  }
  let storing = false
  try {
    for await (const chunk of body) {
      if (at + chunk.length > file.maxBytes) return { kind: 'tooLarge', at }
      if (until !== undefined && at + chunk.length > until) return { kind: 'noFile', at, reason: 'More came than Content-Range says.' }
      storing = true
      for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten
      storing = false
      at += chunk.length
      if (ctx.clock.monotonic() - told < PROGRESS_MS) continue
      told = ctx.clock.monotonic()
      await changeFile(ctx.db.prisma, file.id, ['receiving'], { sizeBytes: at })
      ctx.feed.publish({ kind: 'changed', depotId: file.depotId, what: 'chargers', ...(file.chargerId && { id: file.chargerId }) })
    }
    storing = true
    await handle.sync()
    if (!request.complete) return { kind: 'brokenOff', at }
    return until !== undefined && at < until
      ? { kind: 'noFile', at, reason: 'Less came than Content-Range says.' }
      : { kind: 'written', at }
  } catch (error) {
    if (storing) return { kind: 'noRoom', at, error }
    if (isProblem(error)) return { kind: 'noFile', at, reason: error.message }
    return { kind: 'brokenOff', at }
  } finally {
    await handle.close().catch(() => {})
  }
}

/** More than it may be: what came is thrown away, and the address is closed. */
async function tooLarge(ctx: FilesCtx, { request, response, file, path }: Given): Promise<void> {
  const most = Math.floor(file.maxBytes / 1024 / 1024)
  const size = most > 0 ? `${most} MB` : `${file.maxBytes} bytes`
  const advice = file.kind === 'firmware' ? '' : ' Ask for a shorter time, or have an administrator take more (Chargers → Firmware).'
  await refuseFile(ctx, file, path, `it is larger than the ${size} that are taken.${advice}`)
  turnAway(request, response, 413, `At most ${file.maxBytes} bytes are taken.`)
}

/** The file will not come: written down with the reason, its bytes removed, its address closed. */
export async function refuseFile(ctx: FilesCtx, file: FileRow, path: string, detail: string): Promise<void> {
  await unlink(path).catch(() => {})
  const changed = await changeFile(ctx.db.prisma, file.id, ['awaited', 'receiving'], { state: 'failed', detail, sizeBytes: 0 })
  await closeUrls(ctx.db.prisma, file.id, ctx.clock.real())
  if (!changed) return
  const line = {
    depotId: file.depotId,
    actor: file.chargerId ? `charger:${file.chargerId}` : file.createdBy,
    kind: 'review.fileRefused',
    subject: file.chargerId ? `charger:${file.chargerId}` : file.id,
    data: { file: file.id, name: file.name, reason: detail },
  }
  await appendJournal(ctx.db.prisma, ctx.clock.now(), ctx.clock.real(), [line])
  await refused(ctx, file, detail)
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** The disk is full, or may not be written: told to the charger, the log and a person; what came stays, and the address stays open. */
async function noRoom(ctx: FilesCtx, { request, response, file }: Given, error: unknown): Promise<void> {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const why = FULL.has(code) ? 'The disk of the server is full.' : `The server cannot write its files (${code}).`
  ctx.log.error({ err: error, file: file.id }, 'a file could not be written: look at DATA_DIR/files')
  await changeFile(ctx.db.prisma, file.id, ['receiving'], { detail: `${why} Make room in DATA_DIR, then it may be sent again.` })
  const data = { file: file.id, reason: why }
  await appendJournal(ctx.db.prisma, ctx.clock.now(), ctx.clock.real(), [
    { depotId: file.depotId, actor: 'system', kind: 'review.fileStorage', subject: file.id, data },
  ])
  turnAway(request, response, 507, why, { 'Retry-After': 600 })
}

/** What somebody called it tells what it is; where the bytes lie does not depend on it. */
const nameOf = (file: FileRow, given: string): { name?: string } =>
  file.kind === 'firmware' || given === '' ? {} : { name: namedAs(file.name, given) }
