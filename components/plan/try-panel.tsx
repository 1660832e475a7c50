'use client'
import { useEffect, useId, useRef } from 'react'
import type { PlanView } from '#lib/api/plan.ts'
import { Button } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { PreviewResult } from './preview-result.tsx'
import { TryForm } from './try-form.tsx'
import type { Trial } from './use-try.ts'

/** Beside the plan: what to try, what would come of it, and the way to make it true or to take it back. */
export function TryPanel({ plan, trial, vehicle }: { plan: PlanView; trial: Trial; vehicle: string | null }) {
  const heading = useId()
  const title = useRef<HTMLHeadingElement>(null)
  const { preview, applied, kind } = trial
  // closed, the keyboard is back where it came from
  useEffect(() => {
    const opener = document.activeElement
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  const stage = applied ? 'applied' : preview ? 'preview' : 'form'
  // it takes the place of what was looked at, and each stage that of the one before: the keyboard and the eye go with it
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heading is another stage's then
  useEffect(() => title.current?.focus(), [stage])
  return (
    <aside id="try" aria-labelledby={heading} className="flex flex-col border-line border-t xl:border-t-0 xl:border-l">
      <div className="flex flex-1 flex-col gap-3.5 overflow-y-auto p-4 *:flex-none xl:sticky xl:top-0 xl:max-h-[calc(100vh-var(--top))] xl:px-5">
        <div>
          <h2 id={heading} ref={title} tabIndex={-1} className="proportional scroll-mt-16 text-figure outline-none">
            Try a change
          </h2>
          {!applied && <p className="text-ink-2">The plan in force stays as it is until you apply it.</p>}
        </div>
        {applied ? (
          <div role="status" className="flex flex-col gap-3">
            <p className="flex items-start gap-2">
              <Mark kind="normal" className="mt-1" />
              <span>
                <b className="font-semibold">{applied.what}</b>: applied. The chargers follow the new plan.
              </span>
            </p>
            <div className="flex flex-wrap gap-2">
              <Button pending={trial.isChanging} pendingText="Taking it back…" onClick={() => trial.undo(applied)}>
                Undo
              </Button>
              <Button onClick={() => trial.close()}>Close</Button>
            </div>
          </div>
        ) : preview ? (
          <PreviewResult preview={preview} plan={plan} trial={trial} />
        ) : (
          <TryForm plan={plan} kind={kind ?? 'departure'} vehicle={vehicle} setKind={trial.open} send={trial.ask} close={trial.close} />
        )}
      </div>
    </aside>
  )
}
