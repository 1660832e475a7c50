'use client'
import { type ReactNode, useId } from 'react'
import type { PlanRow, PlanView } from '#lib/api/plan.ts'
import { energyText, kilowattsText, limitNumber, limitText } from '#lib/format/energy.ts'
import { marginText, nearText, nearWindowText } from '#lib/format/time.ts'
import { valueAt } from '../charts/time-axis.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import { LimitBar } from '../ui/meter.tsx'
import { Status } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'
import { limitOf } from './bottlenecks.tsx'
import { chargeText } from './chart-row.ts'
import { HelpList } from './help-list.tsx'
import { planMoney } from './money.ts'
import { PutFirst } from './put-first.tsx'
import type { Trial } from './use-try.ts'

/** Why one vehicle charges as it does, what holds it, and what would help. */
export function WhyPanel({ row, plan, trial }: { row: PlanRow; plan: PlanView; trial: Trial }) {
  const heading = useId()
  const href = useHref()
  const now = useDepotNow(15_000)
  return (
    <aside id="why" aria-labelledby={heading} className="flex flex-col border-line border-t xl:border-t-0 xl:border-l">
      {/* stays in sight beside a long plan */}
      <div className="flex flex-1 flex-col gap-3.5 overflow-y-auto p-4 *:flex-none xl:sticky xl:top-0 xl:max-h-[calc(100vh-var(--top))] xl:px-5">
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
          {row.extraCostMicro >= 10_000 && (
            <p className="mt-1 text-ink-2 text-note">
              Its hours cost {planMoney(row.extraCostMicro, plan.depot.currency)} more than the cheapest before it leaves.
            </p>
          )}
        </Part>
        {row.holds.length > 0 && (
          <Part
            title={
              row.holdsUntil === null ? 'What holds it' : `What holds it, ${nearWindowText(now, row.holdsUntil, now, plan.depot.zone)}`
            }
          >
            <Holds row={row} plan={plan} />
            <Worth row={row} currency={plan.depot.currency} />
          </Part>
        )}
        <HelpList row={row} plan={plan} trial={trial} />
        <div className="mt-auto flex flex-col gap-2">
          <ButtonLink variant="quiet" wide href={href('/board', row.mark === 'normal' ? {} : { filter: 'action' })}>
            {row.bay === null ? 'Open the board' : `Bay ${row.bay} on the board`}
          </ButtonLink>
          <div className="grid grid-cols-2 gap-2">
            <Button
              disabledReason={row.departsAt === null ? 'It has no duty: give it one on the page Fleet.' : null}
              onClick={() => trial.open('departure')}
            >
              Change departure
            </Button>
            {row.ofFleet && <PutFirst row={row} />}
          </div>
        </div>
      </div>
    </aside>
  )
}

const factsOf = (row: PlanRow, plan: PlanView, now: number): [string, string][] => {
  const near = (at: number) => nearText(at, now, plan.depot.zone)
  const plugged =
    row.pluggedFrom === null ? '' : row.pluggedFrom <= now ? `plugged ${near(row.pluggedFrom)}` : `due ${near(row.pluggedFrom)}`
  const spare = row.departsAt !== null && row.readyAt !== null ? `, ${marginText(row.departsAt - Math.max(now, row.readyAt))}` : ''
  return [
    ['Bay', [row.bay ?? 'none', plugged].filter(Boolean).join(', ')],
    ['Charge', `${chargeText(row)}${row.ofFleet && row.needWh > 0 ? `, needs ${energyText(row.needWh)}` : ''}`],
    ['Planned now', `${kilowattsText(valueAt(row.planned, Math.max(now, plan.clock.now)) ?? 0)} of ${limitText(row.maxW)}`],
    ['Ready', row.readyAt === null ? 'not ready' : row.readyAt <= now ? 'now' : near(row.readyAt)],
    ['Leaves', row.departsAt === null ? 'no duty known' : `${near(row.departsAt)}${row.ofFleet ? '' : ', assumed'}${spare}`],
    ...(row.firstUntil === null ? [] : [['First', `until ${near(row.firstUntil)}`] as [string, string]]),
    ...(row.missingWh > 0 ? [['Missing', energyText(row.missingWh)] as [string, string]] : []),
  ]
}

function Holds({ row, plan }: { row: PlanRow; plan: PlanView }) {
  /** Its kW may be free where the amperes of a line are not. */
  const fullLines = ({ name, binding }: PlanRow['holds'][number]) =>
    binding ? plan.bottlenecks.find(({ node, lines, held }) => node === name && lines.length > 0 && held.some(isThis)) : undefined
  const isThis = ({ vehicleId }: { vehicleId: string }) => vehicleId === row.vehicleId
  return (
    <table className="w-full">
      <caption className="sr-only">Limits above this vehicle, tightest first</caption>
      <tbody>
        {row.holds
          .map((hold) => ({ hold, full: fullLines(hold) }))
          .map(({ hold, full }) => (
            <tr key={hold.name} className={hold.binding ? 'font-semibold text-ink' : 'text-ink-2'}>
              <th scope="row" className={`py-[3px] ${hold.binding ? 'font-semibold' : 'font-normal'}`}>
                {hold.name}
                {hold.binding && <span className="sr-only"> (this one holds it)</span>}
                {full && <p className="font-normal text-ink-2 text-note">{limitOf(full)} used up</p>}
                {hold.keptW >= 100 && (
                  <p className="font-normal text-ink-2 text-note">{limitText(hold.keptW)} kept for chargers that may draw it</p>
                )}
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

/** What one more kW would be worth where the plan is full, by the plan's own reckoning. */
function Worth({ row, currency }: { row: PlanRow; currency: string }) {
  const [hold] = row.holds.filter(({ valueMicroPerKw }) => (valueMicroPerKw ?? 0) >= 10_000)
  if (!hold) return null
  return (
    <p className="mt-1 text-ink-2 text-note">
      1 kW more at {hold.name} is worth {planMoney(hold.valueMicroPerKw ?? 0, currency)} in the hours of this plan.
    </p>
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
