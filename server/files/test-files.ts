import { mkdtempSync, rmSync } from 'node:fs'
import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll } from 'vitest'
import type { LiveEvent } from '#lib/live/event.ts'
import { hours } from '#lib/time/instant.ts'
import { type Clock, makeClock } from '../clock.ts'
import { makeFailures } from '../ocpp/failures.ts'
import { seed } from '../ocpp/test-seed.ts'
import { openDatabase } from '../store/database.ts'
import { addFile, type NewFile } from '../store/file.ts'
import { testDatabase } from '../tools/test-store.ts'
import { type Files, type FilesCtx, makeFiles } from './files.ts'
import { makeUrl, newFileId } from './token.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }

/** A database with two chargers, a directory, and the door for bytes on a server of its own; `restart` puts a new one in its place. */
export async function testFiles(clock: Clock = makeClock()) {
  const { url } = await testDatabase()
  const db = openDatabase(url)
  await seed(db, 2)
  const dataDir = mkdtempSync(join(tmpdir(), 'yardwatt-files-'))
  const told: LiveEvent[] = []
  const ctx: FilesCtx = {
    clock,
    db,
    log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    env: { dataDir },
    feed: { publish: (event) => void told.push(event), subscribe: () => () => {} },
  }
  let files: Files
  const fresh = () => {
    files = makeFiles(
      ctx,
      makeFailures(() => clock.monotonic(), { perAddress: 20, perIdentity: 20 }),
    )
  }
  fresh()
  const server = createServer((request, response) => {
    if (!files.answer(request, response, request.socket.remoteAddress ?? '')) response.writeHead(426).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  afterAll(async () => {
    await files.close()
    server.closeAllConnections()
    server.close()
    await db.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  return {
    ctx,
    db,
    port,
    dataDir,
    told,
    async restart() {
      await files.close()
      fresh()
    },
    /** A file that is awaited, and the path of its one-time address. */
    async awaited(file: Partial<NewFile> = {}, forMs = hours(1), direction: 'upload' | 'download' = 'upload') {
      const id = newFileId()
      const usual = { depotId: 'd', kind: 'log' as const, name: 'log', path: id, maxBytes: 10_000_000, createdBy: 'user:test' }
      await addFile(db.prisma, { id, ...usual, createdAt: clock.now(), ...file })
      return {
        id,
        ...(await makeUrl(ctx, db.prisma, { fileId: id, direction, forMs, ...(file.chargerId && { chargerId: file.chargerId }) })),
      }
    },
    http: (method: string, path: string, options: { body?: Buffer | string; headers?: Record<string, string | number> } = {}) =>
      http(port, method, path, options),
  }
}
export type TestFiles = Awaited<ReturnType<typeof testFiles>>

/** One request on a socket of its own, as a charger makes it. */
export function http(
  port: number,
  method: string,
  path: string,
  { body, headers = {} }: { body?: Buffer | string; headers?: Record<string, string | number> } = {},
): Promise<Answer> {
  return new Promise((answered, failed) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = ask({ host: '127.0.0.1', port, method, path, agent: false, headers: { ...length, ...headers } }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', failed)
      response.on('end', () => answered({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(parts) }))
    })
    request.on('error', failed)
    request.end(body)
  })
}
