'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getPeak, type PeakView, putPeak } from '#lib/api/peak.ts'
import { PEAK_MODES, type PeakMode, peakSentence } from '#lib/energy/peak-words.ts'
import { limitNumber, limitText } from '#lib/format/energy.ts'
import { counted, decimal } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Choices } from '../ui/choices.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'

const peakOptions = (depot: string) =>
  queryOptions({
    queryKey: [getPeak.path, depot],
    queryFn: ({ signal }) => call(getPeak, { params: { depot }, signal }),
    refetchInterval: 60_000,
  })

/** The peak that the month is expected to make: learned, set by hand, or none. */
export function MonthPeak({ whyNot }: { whyNot: string | null }) {
  const depot = useDepot()
  const { data, error } = useQuery(peakOptions(depot.id))
  const [changing, setChanging] = useState(false)
  return (
    <Question title="How high will the month’s peak be?" className="border-line border-b px-4 py-4 md:px-6">
      <p className="max-w-3xl text-ink-2">
        {data ? peakSentence({ ...data, days: data.days.length }) : error ? `This cannot be told now: ${error.message}` : 'Loading…'}
      </p>
      {data && data.days.length > 0 && <SeenDays view={data} />}
      {data?.isCharged && (
        <p className="mt-3">
          <Button disabledReason={whyNot} onClick={() => setChanging(true)}>
            Change the expected peak
          </Button>
        </p>
      )}
      {data && changing && <Change before={data} close={() => setChanging(false)} />}
    </Question>
  )
}

/** What each day would have needed: bars that are read and seen. */
function SeenDays({ view: { days, targetW } }: { view: PeakView }) {
  const mostW = Math.max(1, ...days.map(({ neededW }) => neededW))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section aria-label="The days seen" tabIndex={0} className="relative mt-3 overflow-x-auto -outline-offset-2">
      <table className="table-fixed">
        <caption className="pb-1 text-left text-note text-ink-3">
          The least peak, kW, with which each of {counted(days.length, 'day')} could have been lived
          {targetW === null ? '' : '; darker: above what is expected'}
        </caption>
        <tbody>
          <tr>
            {days.map(({ day, neededW }) => (
              <td key={day} className="w-9 min-w-9 px-px text-center align-bottom text-note">
                {decimal(neededW / 1000, 0)}
                <span
                  aria-hidden
                  className={`mx-auto mt-1 block w-full rounded-xs ${targetW !== null && neededW > targetW ? 'bg-ink-3' : 'bg-base'}`}
                  style={{ height: 4 + (neededW / mostW) * 44 }}
                />
              </td>
            ))}
          </tr>
          <tr className="text-ink-3 text-note">
            {days.map(({ day }) => (
              <th key={day} scope="col" className="text-center font-normal">
                {Number(day.slice(8))}
                <span className="sr-only">{`.${Number(day.slice(5, 7))}.`}</span>
              </th>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  )
}

function Change({ before, close }: { before: PeakView; close: () => void }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [mode, choose] = useState<PeakMode>(before.mode)
  const [text, write] = useState(limitNumber(before.byHandW ?? before.targetW ?? before.soFarW ?? 50_000, 'en').replaceAll(',', ''))
  const [isHard, setHard] = useState(before.isHard)
  const byHand = mode === 'byHand'
  const input = { mode, byHandW: byHand ? Math.round(Number(text) * 1000) : before.byHandW, isHard: byHand && isHard }
  const wanted = putPeak.input?.safeParse(input)
  const sending = useMutation({
    mutationFn: () => call(putPeak, { params: { depot: depot.id }, input }),
    onSuccess(view) {
      cache.setQueryData(peakOptions(depot.id).queryKey, view)
      say('The expected peak is changed', { detail: 'The plan is made again.' })
      close()
    },
  })
  const why = wanted && !wanted.success ? (wanted.error.issues[0]?.message ?? 'Say how high the peak may be.') : null
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-xl!"
      title="Change the expected peak"
      description="A month’s peak is paid for once. Up to the expected one the plan uses power as if it were paid for."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabledReason={why} pending={sending.isPending} pendingText="Saving…" onClick={() => sending.mutate()}>
            Save
          </Button>
        </>
      }
    >
      <Choices
        name="peak"
        legend="Where the expected peak comes from"
        choices={PEAK_MODES}
        chosen={mode}
        choose={choose}
        error={sending.error}
      />
      {mode === 'learned' && before.learnedW !== null && (
        <p className="text-ink-2">{`Learned for the rest of this month: ${limitText(before.learnedW)}.`}</p>
      )}
      {byHand && (
        <>
          <Field
            label="Peak of the month, kW"
            inputMode="decimal"
            value={text}
            className="w-48"
            error={why}
            onChange={({ target }) => write(target.value)}
          />
          <label className="flex min-h-(--target) items-center gap-3">
            <input
              type="checkbox"
              checked={isHard}
              onChange={({ target }) => setHard(target.checked)}
              className="size-4 flex-none accent-ink"
            />
            <span>Make it a limit: vehicles are rather late than above it</span>
          </label>
        </>
      )}
    </Dialog>
  )
}
