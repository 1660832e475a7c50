import { shortDayText } from '#lib/format/time.ts'
import type { Instant } from '#lib/time/instant.ts'
import { localParts } from '#lib/time/zone.ts'

// The shared time axis: charts on one page that get the same frame are aligned to the pixel.

/** A value from `from` (UTC ms) until the next step; the last one until the end of the chart. */
export type Step = { from: number; powerW: number }
/** Where the plot lies inside its svg: pixels kept free on both sides for words. */
export type Gutters = { left: number; right: number }
/** The time shown, `[from, until)` in UTC ms, and the pixels it is drawn on. */
export type Frame = Gutters & { from: number; until: number; width: number }

/** The gutters of the plan page: names and charge to the left, limits to the right. */
export const PLAN_GUTTERS: Gutters = { left: 156, right: 44 }

/** Pixel of a moment, kept inside the plot. */
export function xOf(frame: Frame, at: number): number {
  const share = (at - frame.from) / (frame.until - frame.from)
  return round(frame.left + Math.min(1, Math.max(0, share)) * plotWidth(frame))
}
export const plotWidth = (frame: Frame): number => Math.max(1, frame.width - frame.left - frame.right)
/** The moment under a pixel. */
export const atX = (frame: Frame, x: number): number => frame.from + ((x - frame.left) / plotWidth(frame)) * (frame.until - frame.from)
/** A tenth of a pixel is enough and keeps paths short. */
export const round = (pixels: number): number => Math.round(pixels * 10) / 10

/** `day`: a day begins there, which the label names. */
export type Tick = { at: number; label: string; day: boolean }

const QUARTER = 900_000
const HOUR = 3_600_000
/** A longer axis names the days, as a clock alone would be twice on it. */
const NAMELESS = 30 * HOUR

/**
 * Full local hours inside the frame, thinned so that labels stand at least `minGap` pixels apart.
 * The hour that is repeated in autumn is `02:00A` and `02:00B`; midnight of a long axis is its day, `Sat 21`.
 */
export function hourTicks(frame: Frame, zone: string, minGap = 46): Tick[] {
  const pixelsPerHour = (plotWidth(frame) * HOUR) / (frame.until - frame.from)
  const every = [1, 2, 3, 4, 6, 12, 24].find((n) => n * pixelsPerHour >= minGap) ?? 24
  const hours: { at: number; hour: number }[] = []
  // quarter hours: some zones are 30 or 45 minutes off
  for (let at = Math.ceil(frame.from / QUARTER) * QUARTER; at <= frame.until; at += QUARTER) {
    const { hour, minute } = localParts(at as Instant, zone)
    if (minute === 0 && hour % every === 0) hours.push({ at, hour })
  }
  return hours.map(({ at, hour }, index) => {
    const twin = (other: { at: number; hour: number } | undefined) => other?.hour === hour && Math.abs(other.at - at) <= HOUR
    const suffix = twin(hours[index + 1]) ? 'A' : twin(hours[index - 1]) ? 'B' : ''
    const day = hour === 0 && frame.until - frame.from > NAMELESS
    return { at, day, label: day ? shortDayText(at, zone) : `${String(hour).padStart(2, '0')}:00${suffix}` }
  })
}

/** Value of a step line at a moment; null before its first step. */
export function valueAt(steps: readonly Step[], at: number): number | null {
  let value: number | null = null
  for (const step of steps) {
    if (step.from > at) break
    value = step.powerW
  }
  return value
}

/** Stretches `[from, until)` in which the line is above zero, each with its steps. */
export function runs(steps: readonly Step[], from: number, until: number): { from: number; until: number; steps: Step[] }[] {
  const found: { from: number; until: number; steps: Step[] }[] = []
  steps.forEach((step, index) => {
    const start = Math.max(step.from, from)
    const end = Math.min(steps[index + 1]?.from ?? until, until)
    if (end <= start || step.powerW <= 0) return
    const last = found.at(-1)
    if (last?.until === start) {
      last.until = end
      last.steps.push({ from: start, powerW: step.powerW })
    } else found.push({ from: start, until: end, steps: [{ from: start, powerW: step.powerW }] })
  })
  return found
}

/** The closed outline of one run, standing on `floor`; `height` gives the pixels of a power. */
export function outline(
  run: { until: number; steps: Step[] },
  x: (at: number) => number,
  floor: number,
  height: (powerW: number) => number,
): string {
  const first = run.steps[0]
  if (!first) return ''
  const tops = run.steps.map((step, index) => `V${round(floor - height(step.powerW))}H${x(run.steps[index + 1]?.from ?? run.until)}`)
  return `M${x(first.from)} ${floor}${tops.join('')}V${floor}Z`
}

/** Round values for at most `lines` grid lines under `top`. */
export function niceTicks(top: number, lines = 4): number[] {
  const raw = top / lines
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1e-9)))
  const stepSize = [1, 2, 2.5, 4, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? raw
  const ticks: number[] = []
  for (let value = 0; value <= top + 1e-9; value += stepSize) ticks.push(value)
  return ticks
}
