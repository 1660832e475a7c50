import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Instant, instant, plus } from '#lib/time/instant.ts'
import { addDays, localDay, localInstant, type Zone } from '#lib/time/zone.ts'
import { type Clock, type ClockSetting, makeClock } from '../clock.ts'
import type { Env } from '../env.ts'

const KEEP_EVERY_MS = 2_000

export type DepotTime = { clock: Clock; setting: ClockSetting | undefined; stop(): void }

/**
 * The one clock of all processes. An installation lives in real time. The demo's time runs faster, begins
 * yesterday at `start`'s local time, and goes on where it stopped, so that nothing in its database ever lies in its future.
 */
export function startDepotTime(env: Env, start?: { zone: Zone; time: string }): DepotTime {
  if (env.clock) return { clock: makeClock(env.clock), setting: env.clock, stop() {} }
  if (!env.demo || !start) return { clock: makeClock(), setting: undefined, stop() {} }
  const file = join(env.dataDir, 'depot-time')
  const real = makeClock().now()
  const setting = {
    realMs: real,
    depotMs: env.demoStart ?? kept(file) ?? localInstant(addDays(localDay(real, start.zone), -1), start.time, start.zone),
    speed: env.demoSpeed,
  }
  const clock = makeClock(setting)
  // written ahead: a demo that is killed continues later than its last record, never earlier
  const keep = (aheadMs: number) => write(file, plus(clock.now(), aheadMs * clock.speed))
  keep(2 * KEEP_EVERY_MS)
  const timer = setInterval(keep, KEEP_EVERY_MS, 2 * KEEP_EVERY_MS)
  timer.unref()
  const stop = () => {
    clearInterval(timer)
    keep(0)
  }
  return { clock, setting, stop }
}

function kept(file: string): Instant | undefined {
  if (!existsSync(file)) return undefined
  const at = Number(readFileSync(file, 'utf8'))
  return Number.isFinite(at) && at > 0 ? instant(at) : undefined
}

function write(file: string, at: Instant): void {
  writeFileSync(`${file}.new`, String(at))
  renameSync(`${file}.new`, file)
}
