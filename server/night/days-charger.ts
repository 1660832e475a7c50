import type { Instant } from '#lib/time/instant.ts'
import { BATTERY_WH, PORT_W } from './days-world.ts'

// A charger and the van at it, by physics alone: what it holds, what it gives. Nothing here comes from what steers it.

export type Steps = { from: number; limitW: number }[]
export type Charger = {
  van: number
  online: boolean
  /** What it holds: nothing yet, or forgotten. */
  fallbackW: number | undefined
  limit: { session: number; steps: Steps } | undefined
  /** It accepted something else and has not followed it yet. */
  lag: { was: Charger['limit']; until: Instant } | undefined
  session: number | undefined
  obeys: boolean
  refuses: boolean
  /** Told to stop, or out of use. */
  out: boolean
  booting: boolean
  clockMs: number
  loss: number
  /** The van, while it is plugged in. */
  plugged: boolean
  storedWh: number
}

export const newCharger = (van: number, clockMs: number): Charger => ({
  van,
  online: true,
  fallbackW: undefined,
  limit: undefined,
  lag: undefined,
  session: undefined,
  obeys: true,
  refuses: false,
  out: false,
  booting: false,
  clockMs,
  loss: 0.01,
  plugged: false,
  storedWh: BATTERY_WH * 0.4,
})

const LEAST_W = 1_440
const TAPER_FROM = 0.85

export const stepAt = (steps: Steps, at: number): number => (steps.findLast(({ from }) => from <= at) ?? steps[0])?.limitW ?? 0

/** What it lets the van have now, W. */
export function allowsW(charger: Charger, at: Instant): number {
  const { session, lag, limit, fallbackW, clockMs } = charger
  if (session === undefined || charger.booting || charger.out) return 0
  if (!charger.obeys) return PORT_W
  const held = lag && at < lag.until ? lag.was : limit
  const mine = held?.session === session ? stepAt(held.steps, at + clockMs) : (fallbackW ?? PORT_W)
  return mine < LEAST_W ? 0 : Math.min(mine, PORT_W)
}

/** What the van draws, W: less and less when it is nearly full. */
export function drawsW(charger: Charger, at: Instant): number {
  const soc = charger.storedWh / BATTERY_WH
  if (!charger.plugged || soc >= 1) return 0
  const mostW = soc <= TAPER_FROM ? PORT_W : PORT_W * (1 - ((soc - TAPER_FROM) / (1 - TAPER_FROM)) * 0.85)
  return Math.min(allowsW(charger, at), mostW)
}
