import { randomBytes } from 'node:crypto'
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { http, type TestFiles, testFiles } from '../files/test-files.ts'
import { until } from '../ocpp/test-depot.ts'
import { findFile } from '../store/file.ts'
import { passToGateway } from './files-pipe.ts'

let site: TestFiles
let port: number
const to = { host: '127.0.0.1', ocppPort: 0 }
beforeAll(async () => {
  site = await testFiles()
  to.ocppPort = site.port
  const web = createServer((request, response) => passToGateway({ env: to, log: pino({ level: 'silent' }) }, request, response))
  await new Promise<void>((listening) => web.listen(0, '127.0.0.1', listening))
  port = (web.address() as AddressInfo).port
  afterAll(() => {
    web.closeAllConnections()
    web.close()
  })
})

test('a file comes in and goes out through the web’s port, byte for byte', async () => {
  const { id, path } = await site.awaited()
  const body = randomBytes(3_000_000)
  expect((await http(port, 'PUT', `${path}/log.gz`, { body })).status).toBe(201)
  expect(await findFile(site.db.prisma, id)).toMatchObject({ state: 'complete', sizeBytes: 3_000_000, name: 'log.gz' })
  expect((await http(port, 'PUT', path, { body })).status).toBe(404)
})

test('who breaks off here has broken off there: what came is kept', async () => {
  const { path } = await site.awaited()
  const request = ask({ host: '127.0.0.1', port, method: 'PUT', path, agent: false, headers: { 'content-length': 5_000_000 } })
  request.on('error', () => {})
  request.write(randomBytes(1_000_000))
  const offset = async () => Number((await http(port, 'HEAD', path)).headers['upload-offset'])
  await until(async () => (await offset()) === 1_000_000)
  request.destroy()
  const rest = randomBytes(4_000_000)
  const answer = await until(async () => {
    const { status } = await http(port, 'PUT', path, { body: rest, headers: { 'content-range': 'bytes 1000000-4999999/5000000' } })
    return status
  })
  expect(answer).toBe(201)
})

test('without a gateway: come back in a moment', async () => {
  const { path } = await site.awaited()
  to.ocppPort = 1
  expect(await http(port, 'PUT', path, { body: 'x' })).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  to.ocppPort = site.port
})
