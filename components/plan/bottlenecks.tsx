'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { limitText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'
import { nearWindowText, spanText } from '#lib/format/time.ts'
import { Table } from '../ui/table.tsx'
import { planMoney } from './money.ts'

type Bottleneck = PlanView['bottlenecks'][number]
/** Hours named in a sentence; the rest is counted. */
const NAMED = 2

/** Where the night is short of power: what is full and when, and who is held back there for how long. */
export function Bottlenecks({ plan: { bottlenecks, depot, clock }, choose }: { plan: PlanView; choose: (id: string) => void }) {
  if (bottlenecks.length === 0) return null
  return (
    <section aria-labelledby="full" className="border-line border-b px-4 py-1 md:px-6">
      <h2 id="full" className="sr-only">
        Where power is short
      </h2>
      {bottlenecks.map((each) => (
        <details key={each.node}>
          <summary className="min-h-(--target) content-center">
            <b className="font-semibold">{each.node}</b> {limitText(each.limitW)}, full {hoursText(each, clock.now, depot.zone)}:{' '}
            {heldText(each)}
          </summary>
          <div className="max-w-md pb-2 pl-4">
            <Table
              caption={`Held back at ${each.node}`}
              rows={each.held}
              rowKey={({ vehicleId }) => vehicleId}
              columns={[
                {
                  name: 'Vehicle',
                  header: true,
                  cell: ({ vehicleId, name }) => (
                    <button type="button" className="min-h-6 hover:underline" onClick={() => choose(vehicleId)}>
                      {name}
                    </button>
                  ),
                },
                { name: 'Held back for', numeric: true, cell: ({ heldMs }) => spanText(heldMs) },
              ]}
            />
            {each.valueMicroPerKw >= 10_000 && (
              <p className="pt-1 text-ink-2 text-note">
                1 kW more at {each.node} is worth {planMoney(each.valueMicroPerKw, depot.currency)} in these hours.
              </p>
            )}
          </div>
        </details>
      ))}
    </section>
  )
}

const hoursText = ({ hours }: Bottleneck, now: number, zone: string): string => {
  const named = hours.slice(0, NAMED).map(({ from, until }) => nearWindowText(from, until, now, zone))
  const more = hours.length - NAMED
  return more > 0 ? `${named.join(', ')} and ${counted(more, 'more time')}` : named.join(' and ')
}

const heldText = ({ held }: Bottleneck): string => {
  const [longest] = held
  if (!longest) return 'nobody waits for it.'
  return held.length === 1
    ? `it holds ${longest.name} back for ${spanText(longest.heldMs)}.`
    : `it holds ${held.length} vehicles back, ${longest.name} the longest, ${spanText(longest.heldMs)}.`
}
