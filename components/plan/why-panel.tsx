'use client'
import { type ReactNode, useId } from 'react'
import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import { energyText, kilowattsText, limitNumber, limitText } from '#lib/format/energy.ts'
import { chargeToTarget } from '#lib/format/number.ts'
import { clockText, marginText } from '#lib/format/time.ts'
import { valueAt } from '../charts/time-axis.ts'
import { ButtonLink } from '../ui/button.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import { LimitBar } from '../ui/meter.tsx'
import { Status } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'

/** Why one vehicle charges as it does, what holds it, and what would help. */
export function WhyPanel({ row, plan }: { row: PlanRow; plan: PlanView }) {
  const heading = useId()
  const href = useHref()
  const now = useDepotNow(15_000)
  return (
    <aside id="why" aria-labelledby={heading} className="flex flex-col border-line border-t xl:border-t-0 xl:border-l">
      {/* stays in sight beside a long plan */}
      <div className="flex flex-1 flex-col gap-3.5 overflow-y-auto p-4 xl:sticky xl:top-0 xl:max-h-[calc(100vh-var(--top))] xl:px-5">
        <div>
          <h2 id={heading} className="proportional text-figure">
            {row.name}
          </h2>
          <Status kind={row.mark} word={row.word} className="whitespace-normal!" />
        </div>
        <Facts facts={factsOf(row, plan, now)} />
        <Part title={row.missingWh > 0 ? 'Why it is short' : 'Why'}>
          <p>{row.why}</p>
          {row.note && <p className="mt-1 font-semibold">{row.note}</p>}
        </Part>
        {row.holds.length > 0 && (
          <Part title="What holds it">
            <Holds row={row} />
          </Part>
        )}
        {row.remedies.length > 0 && (
          <Part title="What would help">
            <ul>
              {row.remedies.map((remedy) => (
                <li key={remedy.word} className="border-line border-t py-2 last:border-b">
                  <b className="font-semibold">{remedy.word}</b>
                  <span className="block text-ink-2 text-note">{remedy.effect}</span>
                </li>
              ))}
            </ul>
          </Part>
        )}
        <ButtonLink className="mt-auto" wide href={href('/board', row.mark === 'normal' ? {} : { filter: 'action' })}>
          {row.bay === null ? 'Open the board' : `Bay ${row.bay} on the board`}
        </ButtonLink>
      </div>
    </aside>
  )
}

const factsOf = (row: PlanRow, plan: PlanView, now: number): [string, string][] => {
  const { zone } = plan.depot
  const plugged =
    row.pluggedFrom === null
      ? ''
      : row.pluggedFrom <= now
        ? `plugged ${clockText(row.pluggedFrom, zone)}`
        : `due ${clockText(row.pluggedFrom, zone)}`
  const spare = row.departsAt !== null && row.readyAt !== null ? `, ${marginText(row.departsAt - row.readyAt)}` : ''
  return [
    ['Bay', [row.bay ?? 'none', plugged].filter(Boolean).join(', ')],
    ['Charge', `${chargeToTarget(row.socPct, row.targetPct)}${row.needWh > 0 ? `, ${energyText(row.needWh)}` : ''}`],
    ['Planned now', `${kilowattsText(valueAt(row.planned, now) ?? 0)} of ${limitText(row.maxW)}`],
    ['Ready', row.readyAt === null ? 'not ready' : clockText(row.readyAt, zone)],
    ['Leaves', row.departsAt === null ? 'no duty known' : `${clockText(row.departsAt, zone)}${spare}`],
    ...(row.missingWh > 0 ? [['Missing', energyText(row.missingWh)] as [string, string]] : []),
  ]
}

function Holds({ row }: { row: PlanRow }) {
  return (
    <table className="w-full">
      <caption className="sr-only">Limits above this vehicle, tightest first</caption>
      <tbody>
        {row.holds.map((hold) => (
          <tr key={hold.name} className={hold.binding ? 'font-semibold text-ink' : 'text-ink-2'}>
            <th scope="row" className={`py-[3px] ${hold.binding ? 'font-semibold' : 'font-normal'}`}>
              {hold.name}
              {hold.binding && <span className="sr-only"> (this one holds it)</span>}
            </th>
            <td className="w-[84px] px-2">
              <LimitBar
                used={hold.usedW}
                limit={hold.limitW}
                binding={hold.binding}
                label={`${kilowattsText(hold.usedW)} of ${limitNumber(hold.limitW)} kW`}
              />
            </td>
            <td className="whitespace-nowrap text-right">
              {kilowattsText(hold.usedW)} of {limitNumber(hold.limitW)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1 text-ink-3 text-label">{title}</h3>
      {children}
    </div>
  )
}
