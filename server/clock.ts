import { performance } from 'node:perf_hooks'
import { type Instant, instant } from '#lib/time/instant.ts'

/**
 * The one clock that every process gets at its start. `now` is the depot's time: the real time in an installation,
 * a faster or shifted one in the demo and in tests. Latencies (KPI 3) and network time-outs use the real, monotonic time.
 */
export type Clock = {
  /** Depot time. Everything that the domain decides or records uses this. */
  now(): Instant
  /** Depot seconds per real second. 1 in an installation. */
  readonly speed: number
  /** Calls back after a span of depot time; returns a cancel function. Never keeps the process alive. */
  after(depotMs: number, then: () => void): () => void
  /** Calls back again and again; returns a cancel function. */
  every(depotMs: number, then: () => void): () => void
  /** Real wall-clock time for latency stamps and logs. */
  real(): Instant
  /** Real monotonic milliseconds. */
  monotonic(): number
}

/** How a clock is handed to a child process: `realMs:depotMs:speed`. */
export type ClockSetting = { realMs: number; depotMs: number; speed: number }

export const clockSetting = (text: string | undefined): ClockSetting | undefined => {
  if (!text) return undefined
  const [realMs, depotMs, speed] = text.split(':').map(Number)
  if (![realMs, depotMs, speed].every(Number.isFinite) || speed! <= 0)
    throw new Error(`YARDWATT_CLOCK must be realMs:depotMs:speed, not "${text}"`)
  return { realMs: realMs!, depotMs: depotMs!, speed: speed! }
}

export const clockText = ({ realMs, depotMs, speed }: ClockSetting): string => `${realMs}:${depotMs}:${speed}`

/** Without a setting: the real time. */
export function makeClock(setting: ClockSetting = { realMs: 0, depotMs: 0, speed: 1 }): Clock {
  const { realMs, depotMs, speed } = setting
  const real = () => instant(performance.timeOrigin + performance.now())
  const now = () => (speed === 1 && realMs === depotMs ? instant(Date.now()) : instant(depotMs + (Date.now() - realMs) * speed))
  const timer = (start: typeof setTimeout | typeof setInterval, stop: (id: NodeJS.Timeout) => void) => (ms: number, then: () => void) => {
    const id = start(then, Math.max(1, ms / speed)) as NodeJS.Timeout
    id.unref()
    return () => stop(id)
  }
  return {
    now,
    speed,
    after: timer(setTimeout, clearTimeout),
    every: timer(setInterval, clearInterval),
    real,
    monotonic: () => performance.now(),
  }
}
