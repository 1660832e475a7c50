'use client'
import type { ReactNode } from 'react'
import { Area, ComposedChart, Line, XAxis, YAxis, ZIndexLayer } from 'recharts'
import { type Frame, type Step, valueAt } from './time-axis.ts'

type Row = {
  at: number
  base: number | null
  /** `[from, to]` in W: vehicles stand on the building. */
  measured: [number, number] | null
  planned: [number, number] | null
  cap: number | null
}

/** The areas and the cap of the site's power as recharts draws them; `under` and `over` are svg on the same pixels. */
export function PowerAreas({
  frame,
  height,
  top,
  bottom,
  ceiling,
  cap,
  base,
  vehicles,
  measuredUntil,
  under,
  over,
}: {
  frame: Frame
  height: number
  top: number
  bottom: number
  ceiling: number
  cap: readonly Step[]
  base: readonly Step[]
  vehicles: readonly Step[]
  measuredUntil: number
  under: ReactNode
  over: ReactNode
}) {
  const shared = { type: 'stepAfter', isAnimationActive: false, dot: false, activeDot: false, legendType: 'none' } as const
  return (
    <ComposedChart
      width={frame.width}
      height={height}
      data={powerRows(frame, { cap, base, vehicles, measuredUntil })}
      margin={{ left: frame.left, right: frame.right, top, bottom: height - bottom }}
      accessibilityLayer={false}
    >
      <XAxis dataKey="at" type="number" domain={[frame.from, frame.until]} allowDataOverflow hide />
      <YAxis type="number" domain={[0, ceiling]} allowDataOverflow hide />
      {under}
      <Area {...shared} dataKey="measured" fill="var(--ev)" fillOpacity={1} stroke="none" />
      <Area {...shared} dataKey="planned" fill="var(--ev-plan)" fillOpacity={1} stroke="none" />
      <Area {...shared} dataKey="base" fill="var(--base-fill)" fillOpacity={1} stroke="var(--base-edge)" strokeWidth={1.25} />
      <Line {...shared} dataKey={plannedTop} stroke="var(--ev)" strokeWidth={1.75} />
      <Line {...shared} dataKey="cap" stroke="var(--ink)" strokeWidth={2} />
      {/* recharts lifts its own shapes above plain svg; words belong on top of them */}
      <ZIndexLayer zIndex={1500}>{over}</ZIndexLayer>
    </ComposedChart>
  )
}

const plannedTop = (row: Row) => row.planned?.[1] ?? null

/** One row per change, plus the end; where measuring ends the measured area gets its closing point and the planned one begins. */
export function powerRows(
  frame: Pick<Frame, 'from' | 'until'>,
  { cap, base, vehicles, measuredUntil }: { cap: readonly Step[]; base: readonly Step[]; vehicles: readonly Step[]; measuredUntil: number },
): Row[] {
  const moments = new Set([frame.from, frame.until, measuredUntil, ...[...cap, ...base, ...vehicles].map((s) => s.from)])
  const inside = [...moments].filter((at) => at >= frame.from && at <= frame.until).sort((a, b) => a - b)
  let before: [number, number] | null = null
  return inside.map((at) => {
    const building = valueAt(base, at)
    const vans = valueAt(vehicles, at)
    const band: [number, number] | null = vans === null ? null : [building ?? 0, (building ?? 0) + vans]
    const measured = at < measuredUntil ? band : at === measuredUntil ? (before ?? band) : null
    before = band
    return { at, base: building, measured, planned: at >= measuredUntil ? band : null, cap: valueAt(cap, at) }
  })
}
