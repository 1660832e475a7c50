import type { DutyFeasibility } from '#lib/api/duty.ts'
import { distanceText } from '#lib/fleet/feasibility-words.ts'
import { nearText, spanText } from '#lib/format/time.ts'
import { STATUS_TEXT } from '../ui/status.tsx'

type Given = { feasibility: DutyFeasibility | null }
const NONE = <span className="text-ink-3">–</span>

/** What is left over, in time and distance, or what is missing. */
export function Margin({ feasibility }: Given) {
  if (!feasibility || feasibility.marginM === null) return NONE
  const { verdict, mark, marginMs, marginM } = feasibility
  const isShort = verdict === 'short' || verdict === 'shortByPlan'
  if (isShort)
    return (
      <span className={STATUS_TEXT[mark]}>
        {distanceText(marginM)} short
        {marginMs !== null && <p className="text-note">{spanText(marginMs)} late</p>}
      </span>
    )
  return (
    <>
      {marginMs === null ? '–' : marginMs < 60_000 ? 'to the minute' : spanText(marginMs)}
      <p className="text-ink-2 text-note">{distanceText(marginM)}</p>
    </>
  )
}

/** When it is ready by the plan in force; where that does not reach, the earliest its bay could have it ready. */
export function ReadyBy({ feasibility, now, zone }: Given & { now: number; zone: string }) {
  if (!feasibility) return NONE
  const { readyByPlanAt, readyAt, byPlan } = feasibility
  if (readyByPlanAt !== null && readyByPlanAt - now < 60_000) return 'now'
  if (readyByPlanAt !== null)
    return (
      <>
        {nearText(readyByPlanAt, now, zone)}
        {readyAt !== null && readyAt < readyByPlanAt && <p className="text-ink-2 text-note">earliest {nearText(readyAt, now, zone)}</p>}
      </>
    )
  return (
    <>
      {byPlan === null ? '' : 'not by the plan'}
      {readyAt === null ? byPlan === null && 'not ready' : <p className="text-ink-2 text-note">earliest {nearText(readyAt, now, zone)}</p>}
    </>
  )
}

/** How it is reckoned: what is needed, what the port alone gives, what the plan in force gives. */
export function Reckoning({ feasibility, title = 'Can it drive this?' }: { feasibility: DutyFeasibility; title?: string }) {
  return (
    <section aria-label={title} className="border-line border-t pt-3">
      <h3 className="mb-1 text-strong">{title}</h3>
      <dl className="grid grid-cols-[fit-content(40%)_1fr] gap-x-3 gap-y-1">
        {feasibility.reckoning.map(({ name, text }) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0">{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
