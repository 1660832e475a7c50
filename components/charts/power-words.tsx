import { limitText, powerText } from '#lib/format/energy.ts'
import { nearText } from '#lib/format/time.ts'
import { type Frame, type Step, valueAt, xOf } from './time-axis.ts'

/** What the quarter hour under the pointer is, beside the pointer. */
export function PowerWords({
  at,
  frame,
  now,
  zone,
  cap,
  base,
  vehicles,
  unmanaged,
  measuredUntil,
}: {
  at: number
  frame: Frame
  now: number
  zone: string
  cap: readonly Step[]
  base: readonly Step[]
  vehicles: readonly Step[]
  unmanaged: readonly Step[]
  measuredUntil: number
}) {
  const x = xOf(frame, at)
  const left = x > frame.width / 2
  const building = valueAt(base, at)
  const vans = valueAt(vehicles, at)
  const limit = valueAt(cap, at)
  const without = valueAt(unmanaged, at)
  const say = (w: number | null) => (w === null ? '?' : powerText(w))
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-6 z-10 grid grid-cols-[auto_auto] gap-x-3 rounded-control border border-line-2 bg-surface px-2.5 py-1.5 text-label shadow-lg"
      style={left ? { right: frame.width - x + 8 } : { left: x + 8 }}
    >
      <span className="col-span-2 text-ink-3">
        {nearText(at - (at % 900_000), now, zone)} · {at < measuredUntil ? 'measured' : 'planned'}
      </span>
      <span>Building</span>
      <span className="text-right">{say(building)}</span>
      <span>Vehicles</span>
      <span className="text-right">{say(vans)}</span>
      <span>Cap</span>
      <span className="text-right">{limit === null ? '?' : limitText(limit)}</span>
      {without !== null && (
        <>
          <span>Without a plan</span>
          <span className="text-right">{powerText(without)}</span>
        </>
      )}
    </div>
  )
}
