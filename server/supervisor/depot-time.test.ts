import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { instant, iso, minutes, plus } from '#lib/time/instant.ts'
import { clockTime, localDay } from '#lib/time/zone.ts'
import { makeClock } from '../clock.ts'
import { readEnv } from '../env.ts'
import { type DepotTime, startDepotTime } from './depot-time.ts'

const ZONE = 'America/Los_Angeles'
const running: DepotTime[] = []
afterEach(() => {
  for (const time of running.splice(0)) time.stop()
})
const started = (settings: Record<string, string>) => {
  const time = startDepotTime(readEnv(settings), { zone: ZONE, time: '20:40:00' })
  running.push(time)
  return time
}
const folder = () => mkdtempSync(join(tmpdir(), 'yardwatt-time-'))

test('an installation lives in real time, and its children need no setting', () => {
  const { clock, setting } = started({ DATA_DIR: folder(), DEMO: 'off' })
  expect(setting).toBeUndefined()
  const before = Date.now()
  const now = clock.now()
  expect([before <= now, now <= Date.now()]).toEqual([true, true])
})

test('a first demo begins yesterday evening, ten times as fast', () => {
  const { clock } = started({ DATA_DIR: folder() })
  expect(clock.speed).toBe(10)
  expect(clockTime(clock.now(), ZONE)).toBe('20:40')
  const day = localDay(clock.now(), ZONE)
  expect([1, 2].map((n) => localDay(plus(instant(Date.now()), -n * minutes(24 * 60)), ZONE))).toContain(day)
})

test('DEMO_START and DEMO_SPEED say otherwise', () => {
  const { clock } = started({ DATA_DIR: folder(), DEMO_START: '2026-03-29T01:30:00+01:00', DEMO_SPEED: '0.5' })
  expect(iso(clock.now()).slice(0, 16)).toBe('2026-03-29T00:30')
  expect(clock.speed).toBe(0.5)
})

test('time goes on where it stopped; after a kill never before the last moment that was seen', () => {
  const DATA_DIR = folder()
  const first = started({ DATA_DIR, DEMO_START: '2026-03-29T00:30:00Z' })
  first.stop()
  const stoppedAt = Number(readFileSync(join(DATA_DIR, 'depot-time'), 'utf8'))
  const second = started({ DATA_DIR })
  expect(second.setting!.depotMs).toBe(stoppedAt)
  // killed: stop() is never called
  const seen = second.clock.now()
  const third = started({ DATA_DIR })
  expect(third.clock.now()).toBeGreaterThan(seen)
  expect(third.clock.now() - seen).toBeLessThan(minutes(1))
})

test('every child that gets the setting reads the same time', () => {
  const { clock, setting } = started({ DATA_DIR: folder() })
  const child = makeClock(setting)
  const moments = [child.now(), clock.now(), child.now(), clock.now()]
  expect(moments).toEqual(moments.toSorted((a, b) => a - b))
})
