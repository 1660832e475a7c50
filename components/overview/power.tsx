'use client'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { OverviewView } from '#lib/api/overview.ts'
import { capAnswer, suppliedW } from '#lib/energy/supply-words.ts'
import { kilowattsText } from '#lib/format/energy.ts'
import { SitePowerTable } from '../charts/chart-tables.tsx'
import { SitePower } from '../charts/site-power.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Headline, Question } from '../ui/question.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { SupplyMeter } from '../ui/supply-meter.tsx'
import { useHref } from '../ui/use-href.ts'

const VIEWS = ['chart', 'table'] as const

/** Are we under the cap? Now, and in the next hours. */
export function Power({ view: { supply, power, depot } }: { view: OverviewView }) {
  const href = useHref()
  const now = useDepotNow(15_000)
  const [shown, show] = useQueryState('power', parseAsStringLiteral(VIEWS).withDefault('chart'))
  const { answer, peak } = capAnswer(supply)
  const from = power.cap[0]?.from ?? now
  const last = [...power.cap, ...power.base, ...power.vehicles].reduce((latest, slot) => Math.max(latest, slot.from), from)
  const time = { from, until: last + power.slotMinutes * 60_000, now, zone: depot.zone, ...power }
  return (
    <Question
      title="Are we under the cap?"
      more={{ href: href('/plan'), label: 'Open plan' }}
      className="border-line border-b p-4 md:px-6 md:pt-5 md:pb-3"
    >
      <div className="mb-2.5 flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <Headline figure={kilowattsText(suppliedW(supply))} unit="kW">
          <b>{answer}</b>
          {peak && `, ${peak}`}.
        </Headline>
        <Segmented
          label="Next hours as"
          value={shown}
          onChange={(to) => void show(to === 'chart' ? null : to)}
          segments={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </div>
      <SupplyMeter supply={supply} zone={depot.zone} free className="mb-1.5" />
      {shown === 'chart' ? (
        <SitePower {...time} peakW={supply.peakW} height={188} />
      ) : (
        <div className="max-h-[188px] overflow-y-auto">
          <SitePowerTable {...time} />
        </div>
      )}
    </Question>
  )
}
