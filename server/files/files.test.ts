import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { request as ask } from 'node:http'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hours, minutes, plus } from '#lib/time/instant.ts'
import { makeClock } from '../clock.ts'
import { until } from '../ocpp/test-depot.ts'
import { findFile } from '../store/file.ts'
import { http, type TestFiles, testFiles } from './test-files.ts'
import { makeUrl } from './token.ts'

const real = makeClock()
let shiftMs = 0
/** Real time that a test can let pass. */
const clock = { ...real, real: () => plus(real.real(), shiftMs) }
let site: TestFiles
beforeAll(async () => {
  site = await testFiles(clock)
})

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const file = (id: string) => findFile(site.db.prisma, id)
const bytesOf = (path: string) => readFileSync(join(site.dataDir, 'files', path))
const NOTHING = 'There is nothing here.\n'

describe('a charger brings a file', () => {
  test.each(['PUT', 'POST'])('by %s: it is here, byte for byte, with its checksum, and the address is used up', async (method) => {
    const { id, path } = await site.awaited({ chargerId: 'c1' })
    const body = randomBytes(700_000)
    const answer = await site.http(method, `${path}/diagnostics.tar.gz`, { body })
    expect(answer.status).toBe(201)
    expect(await file(id)).toMatchObject({ state: 'complete', sizeBytes: 700_000, sha256: sha256(body), name: 'log.tar.gz' })
    expect(bytesOf(id).equals(body)).toBe(true)
    expect(statSync(join(site.dataDir, 'files')).mode & 0o777).toBe(0o700)
    expect(statSync(join(site.dataDir, 'files', id)).mode & 0o777).toBe(0o600)
    const journal = await site.db.prisma.journal.findFirst({
      where: { kind: 'charger.fileReceived', data: { path: ['file'], equals: id } },
    })
    expect(journal).toMatchObject({ actor: 'charger:c1', subject: 'charger:c1', depotId: 'd' })
    expect(await site.http(method, path, { body })).toMatchObject({ status: 404, body: Buffer.from(NOTHING) })
  })

  test('as a form of a browser, cut anywhere: the file alone is kept', async () => {
    const body = randomBytes(50_000)
    const boundary = '----chargerBoundary7d'
    const form = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="note"\r\n\r\nno file\r\n--${boundary}\r\n`),
      Buffer.from('Content-Disposition: form-data; name="file"; filename="../../log 1.txt"\r\nContent-Type: text/plain\r\n\r\n'),
      body,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])
    for (const size of [1, 7, 1000, form.length]) {
      const { id, path } = await site.awaited()
      const status = await new Promise<number>((answered, failed) => {
        const request = ask({ port: site.port, host: '127.0.0.1', method: 'POST', path, agent: false }, (response) => {
          response.resume()
          answered(response.statusCode!)
        })
        request.on('error', failed)
        request.setHeader('content-type', `multipart/form-data; boundary=${boundary}`)
        const head = size === 1 ? form.subarray(0, 400) : form
        for (let at = 0; at < head.length; at += size) request.write(head.subarray(at, at + size))
        request.end(size === 1 ? form.subarray(400) : undefined)
      })
      expect([size, status]).toEqual([size, 201])
      expect(bytesOf(id).equals(body)).toBe(true)
      expect((await file(id))?.name).toBe('log.txt')
    }
    const { id, path } = await site.awaited()
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const without = await site.http('POST', path, { body: `--${boundary}--\r\n`, headers })
    expect([without.status, (await file(id))?.state]).toEqual([400, 'receiving'])
  })

  test('piece by piece: HEAD tells the offset, a gap is refused with it, and the last piece completes it', async () => {
    const { id, path } = await site.awaited()
    const body = randomBytes(300_000)
    const piece = (from: number, to: number) =>
      site.http('PUT', path, { body: body.subarray(from, to), headers: { 'content-range': `bytes ${from}-${to - 1}/${body.length}` } })
    expect(await piece(0, 100_000)).toMatchObject({ status: 202, headers: { 'upload-offset': '100000' } })
    expect(await piece(150_000, 200_000)).toMatchObject({ status: 409, headers: { 'upload-offset': '100000' } })
    expect(await site.http('HEAD', path)).toMatchObject({ status: 200, headers: { 'upload-offset': '100000' } })
    await site.restart()
    expect(await piece(90_000, 250_000)).toMatchObject({ status: 202 })
    expect(await piece(250_000, 300_000)).toMatchObject({ status: 201 })
    expect(bytesOf(id).equals(body)).toBe(true)
    expect((await file(id))?.sha256).toBe(sha256(body))
    const bad = await site.awaited()
    expect((await site.http('PUT', bad.path, { body: 'x', headers: { 'content-range': 'bytes 5-2/9' } })).status).toBe(400)
    expect((await site.http('PUT', bad.path, { body: 'xyz', headers: { 'content-range': 'bytes 0-0/9' } })).status).toBe(400)
  })

  test('a piece that is not as long as its Content-Range is told so, with where to go on; what was here stays', async () => {
    const { id, path } = await site.awaited()
    const body = randomBytes(5000)
    const put = (part: Buffer, range: string) => site.http('PUT', path, { body: part, headers: { 'content-range': `bytes ${range}/5000` } })
    expect(await put(body.subarray(0, 3000), '0-2999')).toMatchObject({ status: 202 })
    for (const [part, range] of [
      [body.subarray(0, 10), '0-1999'],
      [body.subarray(0, 2500), '0-1999'],
    ] as const)
      expect(await put(part, range)).toMatchObject({ status: 400, headers: { 'upload-offset': '3000' } })
    // without a length it is known only at its end
    const chunked = await new Promise<{ status: number; offset: unknown }>((answered, failed) => {
      const headers = { 'content-range': 'bytes 3000-4999/5000', 'transfer-encoding': 'chunked' }
      const request = ask({ port: site.port, host: '127.0.0.1', method: 'PUT', path, agent: false, headers }, (response) => {
        response.resume()
        answered({ status: response.statusCode!, offset: response.headers['upload-offset'] })
      })
      request.on('error', failed)
      request.end(body.subarray(3000, 3500))
    })
    expect(chunked).toEqual({ status: 400, offset: '3500' })
    expect(await put(body.subarray(3500), '3500-4999')).toMatchObject({ status: 201 })
    expect(bytesOf(id).equals(body)).toBe(true)
  })

  test('killed in the middle: what came is kept, and the charger goes on after a restart', async () => {
    const { id, path } = await site.awaited({ chargerId: 'c1' })
    const body = randomBytes(2_000_000)
    await cutOff(path, body, 800_000)
    const held = await until(async () => {
      const offset = Number((await site.http('HEAD', path)).headers['upload-offset'])
      return offset >= 800_000 ? offset : undefined
    })
    await site.restart()
    const rest = await site.http('PUT', path, {
      body: body.subarray(held),
      headers: { 'content-range': `bytes ${held}-${body.length - 1}/${body.length}` },
    })
    expect(rest.status).toBe(201)
    expect(bytesOf(id).equals(body)).toBe(true)
  })

  test('a charger that begins anew, without a range, replaces what came before', async () => {
    const { id, path } = await site.awaited()
    await cutOff(path, randomBytes(900_000), 500_000)
    const body = randomBytes(10_000)
    expect((await site.http('PUT', path, { body })).status).toBe(201)
    expect(bytesOf(id).equals(body)).toBe(true)
  })

  test('one address used by several at once: exactly one file, whole, of one of them', async () => {
    const { id, path } = await site.awaited()
    const bodies = Array.from({ length: 5 }, () => randomBytes(1_500_000))
    const answers = await Promise.allSettled(bodies.map((body) => site.http('PUT', path, { body })))
    const taken = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.status === 201)
    expect(taken).toHaveLength(1)
    const stored = bytesOf(id)
    expect(bodies.filter((body) => body.equals(stored))).toHaveLength(1)
    expect((await file(id))?.sha256).toBe(sha256(stored))
  })

  test('too large is refused with 413, announced or not, and nothing of it stays', async () => {
    const told = await site.awaited({ maxBytes: 100_000 })
    expect((await site.http('PUT', told.path, { body: randomBytes(100_001) })).status).toBe(413)
    const chunked = await site.awaited({ maxBytes: 100_000 })
    const answer = await new Promise<number>((answered, failed) => {
      const request = ask({ port: site.port, host: '127.0.0.1', method: 'PUT', path: chunked.path, agent: false }, (response) => {
        response.resume()
        answered(response.statusCode!)
      })
      request.on('error', failed)
      for (let i = 0; i < 30; i++) request.write(randomBytes(10_000))
      request.end()
    })
    expect(answer).toBe(413)
    for (const { id, path } of [told, chunked]) {
      expect(await file(id)).toMatchObject({ state: 'failed', sizeBytes: 0 })
      expect(existsSync(join(site.dataDir, 'files', id))).toBe(false)
      expect((await site.http('PUT', path, { body: 'x' })).status).toBe(404)
    }
    expect(await site.db.prisma.journal.count({ where: { kind: 'review.fileRefused' } })).toBe(2)
  })

  test('not what its own digest says: sent again from the start', async () => {
    const { id, path } = await site.awaited()
    const digest = (bytes: Buffer) => ({ 'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:` })
    const body = randomBytes(1000)
    expect((await site.http('PUT', path, { body: randomBytes(1000), headers: digest(body) })).status).toBe(422)
    expect(await file(id)).toMatchObject({ state: 'receiving', sizeBytes: 0 })
    expect((await site.http('PUT', path, { body, headers: digest(body) })).status).toBe(201)
  })

  test('names lead nowhere: the bytes lie under a name of ours', async () => {
    const names = ['..%2f..%2f..%2fetc%2fpasswd', '../../../../tmp/evil', '%00', '....//....//x', 'C:%5Cboot.ini', '%E0%A4%A', '-rf']
    for (const name of names) {
      const { id, path } = await site.awaited()
      expect([name, (await site.http('PUT', `${path}/${name}`, { body: 'x' })).status]).toEqual([name, 201])
      expect((await file(id))!.name).not.toMatch(/[\\/\0]|^\./)
      expect(readdirSync(join(site.dataDir, 'files'))).toContain(id)
    }
    expect(existsSync('/tmp/evil')).toBe(false)
    expect((await site.http('GET', '/files/../../etc/passwd')).status).toBe(404)
  })

  test('a disk that cannot be written: told, and the transfer goes on once it can', async () => {
    const { id, path } = await site.awaited()
    // root writes anywhere, so the place itself is taken: a file stands where the directory should be
    const elsewhere = await testFiles(clock)
    writeFileSync(join(elsewhere.dataDir, 'files'), 'in the way')
    const blocked = await elsewhere.awaited()
    const answer = await elsewhere.http('PUT', blocked.path, { body: randomBytes(1000) })
    expect(answer).toMatchObject({ status: 507 })
    expect(answer.body.toString()).toMatch(/^The server cannot write its files/)
    const row = await findFile(elsewhere.db.prisma, blocked.id)
    expect(row?.state).toBe('receiving')
    expect(row?.detail).toContain('Make room')
    expect(await elsewhere.db.prisma.journal.count({ where: { kind: 'review.fileStorage' } })).toBe(1)
    const { unlinkSync } = await import('node:fs')
    unlinkSync(join(elsewhere.dataDir, 'files'))
    expect((await elsewhere.http('PUT', blocked.path, { body: 'now' })).status).toBe(201)
    expect((await site.http('PUT', path, { body: 'x' })).status).toBe(201)
    expect((await file(id))?.state).toBe('complete')
  })
})

describe('a charger fetches a file', () => {
  async function image(body: Buffer, chargerId = 'c1') {
    const { id, path } = await site.awaited({ kind: 'firmware', maxBytes: body.length, name: 'fw 2.1.bin' })
    expect((await site.http('PUT', path, { body })).status).toBe(201)
    return { id, ...(await makeUrl(site.ctx, site.db.prisma, { fileId: id, direction: 'download', chargerId, forMs: hours(1) })) }
  }

  test('whole, once: with its length, its digest and as an attachment', async () => {
    const body = randomBytes(1_200_000)
    const { path } = await image(body)
    const head = await site.http('HEAD', `${path}/fw.bin`)
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '1200000', 'accept-ranges': 'bytes' } })
    const answer = await site.http('GET', `${path}/fw.bin`)
    expect(answer.status).toBe(200)
    expect(answer.body.equals(body)).toBe(true)
    expect(answer.headers).toMatchObject({
      'repr-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(answer.headers['content-disposition']).toContain('attachment; filename="fw 2.1.bin"')
    expect(await site.http('GET', path)).toMatchObject({ status: 404, body: Buffer.from(NOTHING) })
  })

  test('cut off in the middle, it goes on by Range, also after a restart; at the very end too, but not from the start', async () => {
    const body = randomBytes(3_000_000)
    const { path } = await image(body)
    const first = await firstBytes(path, 400_000)
    await site.restart()
    const second = await site.http('GET', path, { headers: { range: `bytes=${first.length}-1999999` } })
    expect(second).toMatchObject({ status: 206, headers: { 'content-range': `bytes ${first.length}-1999999/3000000` } })
    const third = await site.http('GET', path, { headers: { range: 'bytes=2000000-' } })
    expect(Buffer.concat([first, second.body, third.body]).equals(body)).toBe(true)
    expect((await site.http('GET', path, { headers: { range: 'bytes=2999990-' } })).status).toBe(206)
    for (const headers of [undefined, { range: 'bytes=0-' }]) expect((await site.http('GET', path, { headers })).status).toBe(404)
    shiftMs = minutes(11)
    expect((await site.http('GET', path, { headers: { range: 'bytes=2999990-' } })).status).toBe(404)
    shiftMs = 0
  })

  test('ranges as the standard says them', async () => {
    const { path } = await image(Buffer.from('0123456789'))
    const ranged = async (range: string) => {
      const { status, body, headers } = await site.http('GET', path, { headers: { range } })
      return [status, status === 416 ? headers['content-range'] : body.toString()]
    }
    expect(await ranged('bytes=2-4')).toEqual([206, '234'])
    expect(await ranged('bytes=10-')).toEqual([416, 'bytes */10'])
    expect(await ranged('bytes=5-3')).toEqual([416, 'bytes */10'])
    expect(await ranged('bytes=-3')).toEqual([206, '789'])
  })

  test('one address at the same moment: one gets the whole', async () => {
    const { path } = await image(randomBytes(4_000_000))
    const answers = await Promise.allSettled(Array.from({ length: 4 }, () => site.http('GET', path)))
    const whole = answers.filter(
      (answer) => answer.status === 'fulfilled' && answer.value.status === 200 && answer.value.body.length === 4_000_000,
    )
    expect(whole).toHaveLength(1)
  })

  test('bytes that vanished from the disk are said to be gone', async () => {
    const { id, path } = await image(Buffer.from('0123456789'))
    truncateSync(join(site.dataDir, 'files', id), 4)
    expect((await site.http('GET', path)).status).toBe(410)
  })
})

describe('nobody else', () => {
  test('wrong, used up, run out, of a retired charger: the same answer, byte for byte', async () => {
    const used = await site.awaited()
    await site.http('PUT', used.path, { body: 'x' })
    const over = await site.awaited({}, minutes(5))
    const retired = await site.awaited({ chargerId: 'c2' })
    await site.db.prisma.charger.update({ where: { id: 'c2' }, data: { retiredAt: new Date() } })
    shiftMs = minutes(6)
    const answers = await Promise.all(
      [used.path, over.path, retired.path, `/files/${'a'.repeat(27)}`, '/files/short', '/files/'].map((path) =>
        site.http('PUT', path, { body: 'x' }),
      ),
    )
    shiftMs = 0
    for (const { status, body, headers } of answers) {
      expect([status, body.toString()]).toEqual([404, NOTHING])
      expect({ ...headers, date: '' }).toEqual({ ...answers[0]!.headers, date: '' })
    }
    await site.restart()
  })

  test('who says that it is another charger finds nothing; the charger itself does', async () => {
    const { path } = await site.awaited({ chargerId: 'c1' })
    const as = (name: string) => ({ authorization: `Basic ${Buffer.from(`${name}:key`).toString('base64')}` })
    expect((await site.http('PUT', path, { body: 'x', headers: as('C2') })).status).toBe(404)
    expect((await site.http('PUT', path, { body: 'x', headers: as('C1') })).status).toBe(201)
  })

  test('the token is kept as a hash only', async () => {
    const { path } = await site.awaited()
    const token = path.split('/').at(-1)!
    expect(token).toMatch(/^[A-Za-z0-9_-]{27}$/)
    const rows = await site.db.prisma.fileUrl.findMany()
    expect(rows.map(({ tokenHash }) => tokenHash)).toContain(createHash('sha256').update(token).digest('hex'))
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(JSON.stringify(await site.db.prisma.journal.findMany(), (_, v) => (typeof v === 'bigint' ? `${v}` : v))).not.toContain(token)
  })

  test('who tries many wrong ones is slowed down; a charger behind the same address with a right one is not', async () => {
    await site.restart()
    const statuses: number[] = []
    for (let i = 0; i < 40; i++) statuses.push((await site.http('GET', `/files/${'b'.repeat(25)}${String(i).padStart(2, '0')}`)).status)
    expect(statuses.slice(0, 15)).toEqual(Array(15).fill(404))
    expect(statuses.at(-1)).toBe(429)
    const { path } = await site.awaited()
    expect((await site.http('PUT', path, { body: 'x' })).status).toBe(201)
    await site.restart()
  })

  test('the wrong method on a right address says the right one; another path is not ours', async () => {
    const { path } = await site.awaited()
    expect(await site.http('GET', path)).toMatchObject({ status: 405, headers: { allow: 'PUT, POST, HEAD' } })
    expect((await site.http('GET', '/filesystem')).status).toBe(426)
  })

  test('a body for a wrong address is not read to its end', async () => {
    const answer = await http(site.port, 'PUT', `/files/${'c'.repeat(27)}`, { body: randomBytes(3_000_000) })
    expect(answer.status).toBe(404)
  })
})

/** Sends `length` bytes of a larger body and breaks off once they are stored. */
async function cutOff(path: string, body: Buffer, length: number): Promise<void> {
  const request = ask({ port: site.port, host: '127.0.0.1', method: 'PUT', path, agent: false, headers: { 'content-length': body.length } })
  request.on('error', () => {})
  request.write(body.subarray(0, length))
  await until(async () => Number((await site.http('HEAD', path)).headers['upload-offset']) >= length)
  request.destroy()
}

/** Reads at least `length` bytes and breaks off. */
function firstBytes(path: string, length: number): Promise<Buffer> {
  return new Promise((read, failed) => {
    const request = ask({ port: site.port, host: '127.0.0.1', path, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => {
        parts.push(part)
        const all = Buffer.concat(parts)
        if (all.length < length) return
        request.destroy()
        read(all)
      })
      response.on('error', () => {})
    })
    request.on('error', failed)
    request.end()
  })
}
