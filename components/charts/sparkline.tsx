import { round } from './time-axis.ts'

const WIDTH = 148
const HEIGHT = 48

/** A trend without axes: the line, the dashed target, a dot on the last value. Missing values are gaps. `label` says it in words. */
export function Sparkline({ values, target, label }: { values: readonly (number | null)[]; target?: number | null; label: string }) {
  const known = values.filter((v): v is number => v !== null)
  const all = target == null ? known : [...known, target]
  const low = Math.min(...all)
  const high = Math.max(...all)
  const x = (index: number) => round(3 + (index / Math.max(1, values.length - 1)) * (WIDTH - 10))
  const y = (value: number) => round(high === low ? HEIGHT / 2 : HEIGHT - 8 - ((value - low) / (high - low)) * (HEIGHT - 16))
  let pen = 'M'
  const path = values.map((value, index) => {
    if (value === null) {
      pen = 'M'
      return ''
    }
    const piece = `${pen}${x(index)} ${y(value)}`
    pen = 'L'
    return piece
  })
  const last = values.findLastIndex((v) => v !== null)
  const lastValue = values[last]
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      className="max-w-full overflow-visible"
    >
      {target != null && <path className="stroke-control" strokeDasharray="3 3" d={`M0 ${y(target)}H${WIDTH}`} />}
      <path className="fill-none stroke-ink-2" strokeWidth={1.5} strokeLinejoin="round" d={path.join('')} />
      {lastValue != null && <circle className="fill-ink" cx={x(last)} cy={y(lastValue)} r={3} />}
    </svg>
  )
}
