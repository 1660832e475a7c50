import { type Frame, type Step, valueAt, xOf } from './time-axis.ts'

/** What the site would draw if nobody planned: a dotted line, cut at the chart's top; thick where it is over the cap. Drawn inside an svg. */
export function WithoutPlan({
  frame,
  steps,
  cap,
  y,
  top,
}: {
  frame: Frame
  steps: readonly Step[]
  cap: readonly Step[]
  y: (powerW: number) => number
  top: number
}) {
  const spans = steps.flatMap((step, i) => {
    const until = steps[i + 1]?.from
    if (until === undefined || until <= frame.from || step.from >= frame.until) return []
    const isOver = step.powerW > (valueAt(cap, step.from) ?? Number.POSITIVE_INFINITY)
    return [{ from: xOf(frame, step.from), until: xOf(frame, until), at: Math.max(top, y(step.powerW)), isOver }]
  })
  if (spans.length === 0) return null
  const line = spans.map(({ from, until, at }, i) => `${i === 0 ? `M${from} ${at}` : `V${at}`}H${until}`).join('')
  const over = spans
    .filter(({ isOver }) => isOver)
    .map(({ from, until, at }) => `M${from} ${at}H${until}`)
    .join('')
  return (
    <>
      <path className="fill-none stroke-ink-3" strokeWidth={1.25} strokeDasharray="1.5 3" d={line} />
      <path className="fill-none stroke-ink-2" strokeWidth={2.5} strokeDasharray="1.5 3" d={over} />
    </>
  )
}
