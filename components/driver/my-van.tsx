'use client'
import type { DriverView } from '#lib/api/driver.ts'
import { powerText } from '#lib/format/energy.ts'
import { decimal, percent } from '#lib/format/number.ts'
import { SocBar } from '../ui/soc-bar.tsx'
import { Status } from '../ui/status.tsx'
import { DriverActs } from './driver-acts.tsx'

type Van = NonNullable<DriverView['van']>

/** Which van and bay, the answer in big words, the charge, and what one may do. */
export function MyVan({ van, zone, reachable }: { van: Van; zone: string; reachable: boolean }) {
  return (
    <>
      <h1 className="sr-only">My van</h1>
      <dl className="grid grid-cols-2 border-line border-b p-4">
        <Name name="My van" value={van.name} />
        <Name name="Bay" value={van.bay ?? 'not plugged'} />
      </dl>
      <section aria-label="What to do" aria-live="polite" className="border-line border-b p-4">
        <Status kind={van.mark} word={van.word} size="phone" className="whitespace-normal!" />
        <p className="proportional mt-2 text-balance text-[40px] font-semibold leading-[46px] tracking-[-.03em]">{inLines(van.say)}</p>
        <p className="mt-2 font-normal text-ink-2 text-lead">{van.note}</p>
      </section>
      <section aria-label="Charge" className="border-line border-b p-4 text-ink-2 text-phone">
        <p className="flex items-baseline justify-between gap-3">
          <b className="proportional font-semibold text-display text-ink">{van.socPct === null ? '? %' : percent(van.socPct)}</b>
          needs {percent(van.targetPct)}
        </p>
        <SocBar soc={van.socPct} target={van.targetPct} size="driver" className="mt-3 mb-2" />
        <p className="flex items-baseline justify-between gap-3">
          <span>{van.powerW === null ? '' : `${powerText(van.powerW)} now`}</span>
          {van.rangeKm && (
            <span>
              about {decimal(van.rangeKm[0], 0)} → {decimal(van.rangeKm[1], 0)} km
            </span>
          )}
        </p>
        <p className="mt-2 font-normal">{van.why}</p>
      </section>
      <DriverActs van={van} zone={zone} reachable={reachable} />
    </>
  )
}

function Name({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-ink-3 text-phone">{name}</dt>
      <dd className="proportional break-words font-semibold text-[28px] leading-9 tracking-[-.02em]">{value}</dd>
    </div>
  )
}

/** A sentence a line: big words are read at a glance. */
const inLines = (say: string) =>
  say.split(/(?<=[.!?]) /).map((sentence) => (
    <span key={sentence} className="block">
      {sentence}
    </span>
  ))
