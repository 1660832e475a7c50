'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { limitNumber, limitText } from '#lib/format/energy.ts'
import { counted, withUnit } from '#lib/format/number.ts'
import { nearWindowText, spanText } from '#lib/format/time.ts'
import { Table } from '../ui/table.tsx'
import { planMoney } from './money.ts'

type Bottleneck = PlanView['bottlenecks'][number]
/** Hours named in a cell; the rest is counted. */
const NAMED = 3
/** Vehicles named in a cell: those held longest. */
const MOST_HELD = 8

/** Where the night is short of power: what is full and when, and who is held back there for how long. One line until somebody wants to know. */
export function Bottlenecks({ plan: { bottlenecks, depot, clock }, choose }: { plan: PlanView; choose: (id: string) => void }) {
  const [first] = bottlenecks
  if (!first) return null
  const held = new Set(bottlenecks.flatMap((each) => each.held.map(({ vehicleId }) => vehicleId))).size
  const longest = bottlenecks.flatMap((each) => each.held).sort((a, b) => b.heldMs - a.heldMs)[0]
  const isWorth = bottlenecks.some(({ valueMicroPerKw }) => valueMicroPerKw >= CENT)
  return (
    <details className="border-line border-b px-4 md:px-6">
      <summary className="min-h-(--target) content-center py-1">
        <b className="font-semibold">{first.node}</b>
        {restText(bottlenecks)} full at times: {held === 1 ? 'one vehicle waits' : `${held} vehicles wait`} for power there, {longest?.name}{' '}
        the longest, {spanText(longest?.heldMs ?? 0)}.
      </summary>
      <Table
        caption="Where power is short"
        className="max-w-5xl pb-2"
        rows={bottlenecks}
        rowKey={({ node }) => node}
        columns={[
          { name: 'Full', header: true, className: 'whitespace-nowrap', cell: ({ node }) => node },
          { name: 'Limit', numeric: true, className: 'whitespace-nowrap', cell: limitOf },
          { name: 'When', className: 'min-w-44', cell: (each) => <Hours bottleneck={each} now={clock.now} zone={depot.zone} /> },
          ...(isWorth
            ? [
                {
                  name: '1 kW more saves',
                  numeric: true,
                  className: 'whitespace-nowrap',
                  cell: ({ valueMicroPerKw }: Bottleneck) =>
                    valueMicroPerKw >= CENT ? planMoney(valueMicroPerKw, depot.currency) : 'time only',
                },
              ]
            : []),
          { name: 'Holds back', className: 'min-w-56', cell: (each) => <Held bottleneck={each} choose={choose} /> },
        ]}
      />
    </details>
  )
}

/** Millionths of the currency. */
const CENT = 10_000

/** `, Panel A and 2 others are`, `and Panel A are`, `is`. */
const restText = ([, second, ...others]: readonly Bottleneck[]): string => {
  if (!second) return ' is'
  return others.length === 0 ? ` and ${second.node} are` : `, ${second.node} and ${counted(others.length, 'other')} are`
}

/** `30 kW`, or `160 A on L1, L3` where the lines are what is used up. */
export const limitOf = ({ limitW, limitMa, lines }: Bottleneck): string =>
  limitMa === null ? limitText(limitW) : `${withUnit(limitNumber(limitMa), 'A')} on ${lines.map((line) => line.toUpperCase()).join(', ')}`

function Hours({ bottleneck: { hours }, now, zone }: { bottleneck: Bottleneck; now: number; zone: string }) {
  const named = hours.slice(0, NAMED).map(({ from, until }) => nearWindowText(from, until, now, zone))
  const more = hours.length > NAMED ? [counted(hours.length - NAMED, 'more time')] : []
  return (
    <span className="flex flex-wrap gap-x-2">
      {[...named, ...more].map((text, i, all) => (
        <span key={text} className="whitespace-nowrap">
          {text}
          {i < all.length - 1 && ','}
        </span>
      ))}
    </span>
  )
}

function Held({ bottleneck: { held }, choose }: { bottleneck: Bottleneck; choose: (id: string) => void }) {
  return (
    <span className="flex flex-wrap gap-x-3">
      {held.slice(0, MOST_HELD).map(({ vehicleId, name, heldMs }) => (
        <button
          key={vehicleId}
          type="button"
          className="min-h-6 whitespace-nowrap underline-offset-[3px] hover:underline"
          onClick={() => choose(vehicleId)}
        >
          {name} <span className="text-ink-2">{spanText(heldMs)}</span>
        </button>
      ))}
      {held.length > MOST_HELD && <span className="content-center text-ink-2">{counted(held.length - MOST_HELD, 'more', 'more')}</span>}
    </span>
  )
}
