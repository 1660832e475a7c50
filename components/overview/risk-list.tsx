'use client'
import Link from 'next/link'
import type { PortView } from '#lib/api/board.ts'
import type { OverviewView } from '#lib/api/overview.ts'
import { marks } from '#lib/api/words.ts'
import { clockText } from '#lib/format/time.ts'
import { cx } from '../ui/class-names.ts'
import type { Depot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { PortAct } from '../ui/port-act.tsx'
import { STATUS_TEXT } from '../ui/status.tsx'
import { useHref } from '../ui/use-href.ts'

type Risk = OverviewView['risks'][number]
/** As many as fit without scrolling; the rest is on the plan. */
const SHOWN = 3

/** Who is at risk, why, and the one thing to do. A table on a wide screen, blocks on a phone. */
export function RiskList({ risks, depot, ports }: { risks: readonly Risk[]; depot: Depot; ports: readonly PortView[] }) {
  const href = useHref()
  if (risks.length === 0) return <p className="text-ink-2">Nothing to do: every van has its power in time.</p>
  const sorted = risks.toSorted((a, b) => marks.indexOf(a.mark) - marks.indexOf(b.mark))
  const shown = sorted.slice(0, SHOWN)
  const clock = (at: number | null) => (at === null ? '–' : clockText(at, depot.zone))
  return (
    <>
      <table className="block w-full border-collapse md:table">
        <caption className="sr-only">Vans at risk</caption>
        <thead className="sr-only md:not-sr-only md:table-header-group">
          <tr>
            {['At risk', 'Leaves', 'Cause', 'At departure', 'Act before'].map((name) => (
              <th key={name} scope="col" className="border-line border-b pb-1 text-ink-3 text-label">
                {name}
              </th>
            ))}
            <th scope="col" className="border-line border-b">
              {risks.length > SHOWN ? <MoreAtRisk more={risks.length - SHOWN} /> : <span className="sr-only">Action</span>}
            </th>
          </tr>
        </thead>
        <tbody className="block md:table-row-group">
          {shown.map((risk, index) => (
            <tr
              key={risk.vehicleId}
              className="grid grid-cols-[auto_1fr_148px] gap-x-3 border-line border-t py-2.5 [grid-template-areas:'van_leaves_late''cause_cause_do''act_act_do'] first:border-t-0 md:table-row md:border-b md:last:border-b-0"
            >
              <th scope="row" className="whitespace-nowrap font-semibold [grid-area:van] md:h-11 md:w-[86px] md:pr-3">
                <Link href={href('/plan', { van: risk.vehicleId })} className="inline-flex min-h-6 items-center gap-2 hover:underline">
                  <Mark kind={risk.mark} />
                  {risk.name}
                </Link>
              </th>
              <td className="self-center text-ink-2 [grid-area:leaves] md:w-16 md:pr-3 md:text-ink">{clock(risk.departsAt)}</td>
              <td className="text-ink-2 [grid-area:cause] md:pr-3 md:text-ink">{risk.cause}</td>
              <td
                className={cx(
                  'self-center whitespace-nowrap text-right font-semibold [grid-area:late] md:w-[132px] md:pr-3 md:text-left',
                  STATUS_TEXT[risk.mark],
                )}
              >
                {risk.atDeparture}
              </td>
              <td className="[grid-area:act] md:w-[88px] md:pr-3">
                <span className="text-ink-3 md:hidden">Act before </span>
                {clock(risk.actBefore)}
              </td>
              <td className="self-end pt-1 [grid-area:do] md:w-[124px] md:pt-0">
                <RiskAct risk={risk} depot={depot.id} port={ports.find(({ id }) => id === risk.portId)} first={index === 0} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {risks.length > SHOWN && (
        <p className="md:hidden">
          <MoreAtRisk more={risks.length - SHOWN} />
        </p>
      )}
    </>
  )
}

function MoreAtRisk({ more }: { more: number }) {
  const href = useHref()
  return (
    <Link
      href={href('/plan', { view: 'table' })}
      className="inline-flex min-h-6 items-center text-ink-2 text-label hover:text-ink hover:underline"
    >
      and {more} more
    </Link>
  )
}

/** Only the first, most urgent act is the primary button of the page. */
function RiskAct({ risk, depot, port, first }: { risk: Risk; depot: string; port: PortView | undefined; first: boolean }) {
  if (!risk.act || !port) return null
  return <PortAct depot={depot} port={port} act={risk.act} wide variant={first ? 'primary' : 'plain'} />
}
