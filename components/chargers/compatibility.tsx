'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type CheckView, cancelCompatibilityCheck } from '#lib/api/compatibility.ts'
import { momentText, nearText } from '#lib/format/time.ts'
import { LINES } from '#lib/ocpp/compatibility16.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { sayProblem } from '../ui/toast.tsx'
import { useHref } from '../ui/use-href.ts'
import { CheckLines } from './check-lines.tsx'
import { checksOptions } from './compatibility-query.ts'
import { StartCheck } from './start-check.tsx'

/** How well this charger follows what it is told: a check, its lines with their evidence, and the checks before. */
export function Compatibility({ charger }: { charger: string }) {
  const depot = useDepot()
  const href = useHref()
  const { data, error, refetch } = useQuery(checksOptions(depot.id, charger))
  if (!data)
    return (
      <div className="px-4 py-4 md:px-6">
        {error ? (
          <ErrorState title="Its compatibility cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={12} label="Loading the checks" />
        )}
      </div>
    )
  const [latest, ...earlier] = data.checks
  const running = latest?.state === 'running' ? latest : undefined
  return (
    <div className="flex flex-col gap-6 px-4 py-4 md:px-6">
      <Question title="Does it follow what it is told?" more={{ href: href('/chargers/models'), label: 'All models' }}>
        <div className="mt-1 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <Known model={data.model} />
          {running ? <Running charger={charger} check={running} /> : <StartCheck charger={charger} whyNot={data.whyNot} />}
        </div>
      </Question>
      {latest ? <Check check={latest} charger={charger} /> : <NeverChecked />}
      {earlier.length > 0 && <Earlier checks={earlier} charger={charger} />}
    </div>
  )
}

const NeverChecked = () => (
  <EmptyState title="Never checked">
    A check takes a minute or two. It tries limits at one port, none above what the site has room for, and puts everything back.
  </EmptyState>
)

type Model = { name: string; grade: CheckView['grade']; checkedAt: number | null; quirks: string[] } | null

/** What is known of the model, from any charger of it. */
function Known({ model }: { model: Model }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  if (!model?.grade) return <p className="max-w-prose text-ink-2">Nothing is known of its model but what it tells of itself.</p>
  return (
    <div className="max-w-prose">
      <p className="flex flex-wrap items-center gap-x-3">
        <b className="font-semibold">{model.name}</b>
        <Status kind={model.grade.mark} word={model.grade.word} />
        {model.checkedAt !== null && <span className="text-ink-3 text-label">checked {nearText(model.checkedAt, now, zone)}</span>}
      </p>
      <p className="text-ink-2">{[model.grade.says, ...model.quirks].join(' ')}</p>
    </div>
  )
}

function Running({ charger, check }: { charger: string; check: CheckView }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => call(cancelCompatibilityCheck, { params: { depot: depot.id, charger, check: check.id } }),
    onError: (failed) => sayProblem('Not cancelled', failed.message),
    onSettled: () => void cache.invalidateQueries({ queryKey: checksOptions(depot.id, charger).queryKey }),
  })
  return (
    <div className="flex flex-wrap items-center gap-3">
      <p aria-live="polite">
        <Status kind="standby" word={`${check.lines.length} of ${Object.keys(LINES).length} tried`} />
        {check.now && <span className="ml-2 text-ink-2">now: {check.now}</span>}
      </p>
      <Button pending={cancel.isPending} pendingText="Putting limits back…" onClick={() => cancel.mutate()}>
        Cancel the check
      </Button>
    </div>
  )
}

const STATES: Record<CheckView['state'], string> = { running: 'Running', done: 'Done', cancelled: 'Cancelled', broken: 'Broke off' }

function Check({ check, charger }: { check: CheckView; charger: string }) {
  const zone = useDepotZone()
  return (
    <Question title={`Check of ${momentText(check.startedAt, zone)}`}>
      <CheckSummary check={check} />
      <CheckLines lines={check.lines} charger={charger} />
    </Question>
  )
}

function CheckSummary({ check }: { check: CheckView }) {
  const { grade, state, detail, quirks, firmware } = check
  return (
    <p className="my-1 flex flex-wrap items-center gap-x-3 text-ink-2">
      {grade ? (
        <Status kind={grade.mark} word={grade.word} />
      ) : (
        <Status kind={state === 'broken' ? 'caution' : 'standby'} word={STATES[state]} />
      )}
      {firmware && <span>firmware {firmware}</span>}
      {[detail, ...quirks].filter(Boolean).join(' ')}
    </p>
  )
}

function Earlier({ checks, charger }: { checks: CheckView[]; charger: string }) {
  const zone = useDepotZone()
  return (
    <Question title="Checks before">
      {checks.map((check) => (
        <details key={check.id} className="border-line border-b py-1">
          <summary className="flex min-h-(--target) flex-wrap items-center gap-x-3">
            <span className="font-semibold">{momentText(check.startedAt, zone)}</span>
            <CheckSummary check={check} />
          </summary>
          <CheckLines lines={check.lines} charger={charger} />
        </details>
      ))}
    </Question>
  )
}
