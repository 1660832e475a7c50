'use client'
import { useId } from 'react'
import { type CurveReading, powerPieces, socPoints } from '#lib/charging/session-curve.ts'
import { energyText, kilowattsText, powerText } from '#lib/format/energy.ts'
import { decimal, percent } from '#lib/format/number.ts'
import { clockWithSeconds, windowText } from '#lib/format/time.ts'
import { Hatches, HourLabels, HourLines } from '../charts/frame-parts.tsx'
import { type Frame, hourTicks, niceTicks, outline, round, xOf } from '../charts/time-axis.ts'
import { useWidth } from '../charts/use-width.ts'
import { Key } from '../ui/key.tsx'
import { Table } from '../ui/table.tsx'

type Given = { from: number; until: number; zone: string; readings: readonly CurveReading[] }

const POWER_TOP = 16
const POWER_BOTTOM = 156
const SOC_TOP = 196
const SOC_BOTTOM = 266
const HEIGHT = 290

/** Power, and below it the state of charge, on one time axis: two charts, so that neither needs a second scale. */
export function SessionCurve({ from, until, zone, readings }: Given) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const pieces = powerPieces(readings)
  const points = socPoints(readings)
  const highest = Math.max(0, ...pieces.map(({ powerW }) => powerW))
  const charge = points.length > 1 ? `, charge from ${percent(points[0]!.socPct)} to ${percent(points.at(-1)!.socPct)}` : ''
  const label = `Power from ${windowText(from, until, zone)}, at most ${powerText(highest)}${charge}`
  const height = points.length > 0 ? HEIGHT : POWER_BOTTOM + 24
  return (
    <>
      <div ref={ref} role="img" aria-label={label} style={{ height }}>
        {width !== null && (
          <Drawing
            frame={{ from, until: Math.max(until, from + 60_000), width, left: 40, right: 8 }}
            zone={zone}
            pieces={pieces}
            points={points}
            ceiling={Math.max(1000, highest * 1.1)}
            height={height}
          />
        )}
      </div>
      <Key
        className="mt-2"
        items={[
          { swatch: 'ev', label: 'Power, measured' },
          ...(pieces.some(({ measured }) => !measured)
            ? [{ swatch: 'held' as const, label: 'Mean by the register, no reading between' }]
            : []),
          ...(points.length > 0 ? [{ label: 'Line below: charge of the battery' }] : []),
        ]}
      />
    </>
  )
}

function Drawing({
  frame,
  zone,
  pieces,
  points,
  ceiling,
  height,
}: {
  frame: Frame
  zone: string
  pieces: Pieces
  points: ReturnType<typeof socPoints>
  ceiling: number
  height: number
}) {
  const id = useId()
  const ticks = hourTicks(frame, zone, 56)
  const y = (powerW: number) => round(POWER_BOTTOM - (powerW / ceiling) * (POWER_BOTTOM - POWER_TOP))
  const ySoc = (socPct: number) => round(SOC_BOTTOM - (socPct / 100) * (SOC_BOTTOM - SOC_TOP))
  const lines = niceTicks(ceiling, 3)
  const end = frame.width - frame.right
  const top = pieces.map(
    (p, i) => `${pieces[i - 1]?.until === p.from ? 'L' : 'M'}${xOf(frame, p.from)} ${y(p.powerW)}H${xOf(frame, p.until)}`,
  )
  return (
    <svg width={frame.width} height={height} className="block" aria-hidden="true">
      <Hatches id={id} />
      <HourLines frame={frame} ticks={ticks} top={POWER_TOP} bottom={points.length > 0 ? SOC_BOTTOM : POWER_BOTTOM} />
      {lines.map((watts) => (
        <g key={watts}>
          <path className="stroke-grid" d={`M${frame.left} ${y(watts)}H${end}`} />
          <text x={frame.left - 8} y={y(watts) + 4} textAnchor="end">
            {decimal(watts / 1000, watts % 1000 === 0 ? 0 : 1)}
          </text>
        </g>
      ))}
      <text x={frame.left} y={10}>
        kW
      </text>
      {runsOf(pieces).map((run) => (
        <path
          key={run.from}
          fill={run.measured ? 'var(--ev)' : `url(#${id}maybe)`}
          d={outline(
            run,
            (at) => xOf(frame, at),
            POWER_BOTTOM,
            (powerW) => POWER_BOTTOM - y(powerW),
          )}
        />
      ))}
      <path className="fill-none stroke-ev" strokeWidth={1.5} d={top.join('')} />
      {points.length > 0 && (
        <>
          <text x={frame.left} y={SOC_TOP - 8}>
            Charge, %
          </text>
          {[0, 50, 100].map((socPct) => (
            <g key={socPct}>
              <path className="stroke-grid" d={`M${frame.left} ${ySoc(socPct)}H${end}`} />
              <text x={frame.left - 8} y={ySoc(socPct) + 4} textAnchor="end">
                {socPct}
              </text>
            </g>
          ))}
          <path
            className="fill-none stroke-ink"
            strokeWidth={1.5}
            d={points.map(({ at, socPct }, i) => `${i === 0 ? 'M' : 'L'}${xOf(frame, at)} ${ySoc(socPct)}`).join('')}
          />
        </>
      )}
      <HourLabels frame={frame} ticks={ticks} y={height - 6} />
    </svg>
  )
}

type Pieces = ReturnType<typeof powerPieces>

/** Neighbours of one kind as one outline: drawn apart, their edges would show as stripes. */
function runsOf(pieces: Pieces): { from: number; until: number; measured: boolean; steps: { from: number; powerW: number }[] }[] {
  const runs: ReturnType<typeof runsOf> = []
  for (const { from, until, powerW, measured } of pieces) {
    const last = runs.at(-1)
    if (last?.until === from && last.measured === measured) {
      last.until = until
      last.steps.push({ from, powerW })
    } else runs.push({ from, until, measured, steps: [{ from, powerW }] })
  }
  return runs
}

/** The same readings as a table. */
export function ReadingTable({ readings, zone }: { readings: readonly CurveReading[]; zone: string }) {
  return (
    <Table
      caption="Readings"
      className="max-h-80 overflow-y-auto"
      rows={readings.map((reading, index) => ({ ...reading, index }))}
      rowKey={({ index }) => index}
      columns={[
        { name: 'At', header: true, cell: ({ at }) => clockWithSeconds(at, zone) },
        { name: 'kW', numeric: true, cell: ({ powerW }) => (powerW === null ? '?' : kilowattsText(powerW)) },
        { name: 'Meter', numeric: true, cell: ({ energyWh }) => (energyWh === null ? '?' : energyText(energyWh)) },
        { name: 'Charge', numeric: true, cell: ({ socPct }) => (socPct === null ? '?' : percent(socPct)) },
      ]}
    />
  )
}
