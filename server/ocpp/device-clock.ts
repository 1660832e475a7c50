import { delayShown, offsetShown, skewThreshold } from '#lib/ocpp/device-time.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { RecordCtx } from '../charging/recording.ts'
import { type KnownCharger, saveClockOffset } from '../store/charger.ts'

/** A charger's clock minus ours, as its live messages show it. */
export type DeviceClock = { offsetMs(): number; hear(action: string, params: Record<string, unknown>, receivedAt: Instant): void }

const SHOWN = 5
const WORTH_A_LOOK_MS = 30_000

/**
 * Live is what comes alone, a while (`liveAfterMs`, real) after the socket opened: messages of an offline queue come at once and in a burst,
 * and say nothing about the clock. The largest of the last offsets is the one with the least delay in it; one that a delay alone may show is none.
 * A person is told once, and only when all of the last offsets agree.
 */
export function makeDeviceClock(
  ctx: Pick<RecordCtx, 'clock' | 'db'>,
  charger: KnownCharger,
  liveAfterMs: number,
  review: (kind: string, data: Record<string, unknown>) => void,
): DeviceClock {
  const openedAt = ctx.clock.monotonic()
  const alone = Math.min(liveAfterMs, Math.max(50, 1000 / ctx.clock.speed))
  const shown: number[] = []
  let offsetMs = charger.clockOffsetMs
  let told = false
  let heardAt = Number.NEGATIVE_INFINITY

  function hear(action: string, params: Record<string, unknown>, receivedAt: Instant) {
    const at = ctx.clock.monotonic()
    const live = at - openedAt >= liveAfterMs && at - heardAt >= alone
    heardAt = at
    const offset = live ? shownBy(action, params, receivedAt) : undefined
    if (offset === undefined) return
    shown.push(offset)
    if (shown.length > SHOWN) shown.shift()
    if (shown.length < 2) return
    const largest = Math.max(...shown)
    const best = Math.abs(largest) > delayShown(ctx.clock.speed) ? largest : 0
    if (best === 0) told = false
    else if (shown.length === SHOWN && !told && Math.abs(best) > WORTH_A_LOOK_MS) {
      told = true
      review('clockSkew', { offsetMs: best })
    }
    if (Math.abs(best - offsetMs) < skewThreshold(ctx.clock.speed) / 2) return
    offsetMs = best
    saveClockOffset(ctx.db.prisma, charger.id, best).catch(() => {})
  }

  return { offsetMs: () => offsetMs, hear }
}

function shownBy(action: string, params: Record<string, unknown>, receivedAt: Instant): number | undefined {
  if (action !== 'MeterValues' && action !== 'StatusNotification') return undefined
  const values = params.meterValue
  const text = Array.isArray(values) ? (values.at(-1) as { timestamp?: unknown } | undefined)?.timestamp : params.timestamp
  return typeof text === 'string' ? offsetShown(text, receivedAt) : undefined
}
