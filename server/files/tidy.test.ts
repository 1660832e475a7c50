import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { days, hours, minutes, plus } from '#lib/time/instant.ts'
import { makeClock } from '../clock.ts'
import { findFile } from '../store/file.ts'
import { FILES_SETTING, saveFileSettings } from './settings.ts'
import { type TestFiles, testFiles } from './test-files.ts'
import { tidyFiles } from './watch.ts'

const real = makeClock()
let shiftMs = 0
const clock = { ...real, now: () => plus(real.now(), shiftMs), real: () => plus(real.real(), shiftMs) }
let site: TestFiles
beforeEach(async () => {
  shiftMs = 0
  site = await testFiles(clock)
})

const here = (id: string) => existsSync(join(site.dataDir, 'files', id))

test('logs go by age; images stay', async () => {
  const log = await site.awaited({ chargerId: 'c1' })
  const image = await site.awaited({ kind: 'firmware', maxBytes: 3 })
  for (const { path } of [log, image]) expect((await site.http('PUT', path, { body: 'abc' })).status).toBe(201)
  shiftMs = days(29)
  expect(await tidyFiles(site.ctx)).toEqual({ removed: 0 })
  shiftMs = days(31)
  expect(await tidyFiles(site.ctx)).toEqual({ removed: 1 })
  expect([here(log.id), here(image.id)]).toEqual([false, true])
  expect(await findFile(site.db.prisma, log.id)).toBeUndefined()
  expect((await findFile(site.db.prisma, image.id))?.state).toBe('complete')
})

test('logs go by size, the oldest first, down to what is allowed', async () => {
  await saveFileSettings(site.ctx, { keepDays: 30, keepMb: 10, maxUploadMb: 10 }, 'user:test')
  expect(await site.db.prisma.journal.count({ where: { kind: 'setting.changed', subject: FILES_SETTING } })).toBe(1)
  const ids: string[] = []
  for (let i = 0; i < 4; i++) {
    shiftMs = minutes(i)
    const { id, path } = await site.awaited({ chargerId: 'c1' })
    expect((await site.http('PUT', path, { body: Buffer.alloc(4_000_000) })).status).toBe(201)
    ids.push(id)
  }
  expect(await tidyFiles(site.ctx)).toEqual({ removed: 2 })
  expect(ids.map(here)).toEqual([false, false, true, true])
})

test('what never came in full expires with its address, and what is still awaited stays', async () => {
  const half = await site.awaited({ chargerId: 'c1' }, hours(1))
  await site.http('PUT', half.path, { body: 'half', headers: { 'content-range': 'bytes 0-3/100' } })
  const awaited = await site.awaited({ chargerId: 'c1' }, hours(24))
  shiftMs = hours(2)
  await tidyFiles(site.ctx)
  expect((await findFile(site.db.prisma, half.id))?.state).toBe('expired')
  expect(here(half.id)).toBe(false)
  expect((await findFile(site.db.prisma, awaited.id))?.state).toBe('awaited')
  expect((await site.http('PUT', awaited.path, { body: 'after all' })).status).toBe(201)
})

test('bytes that belong to nothing go, unless they came just now', async () => {
  const dir = join(site.dataDir, 'files')
  mkdirSync(dir, { recursive: true })
  for (const name of ['lost', 'fresh']) writeFileSync(join(dir, name), 'x')
  const before = new Date(Date.now() - hours(1))
  utimesSync(join(dir, 'lost'), before, before)
  await tidyFiles(site.ctx)
  expect(readdirSync(dir)).toEqual(['fresh'])
})
