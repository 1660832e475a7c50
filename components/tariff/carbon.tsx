'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type CarbonView, getCarbon, putCarbon } from '#lib/api/carbon.ts'
import { counted, withUnit } from '#lib/format/number.ts'
import { momentText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { CsvSource, whyNoLines } from '../ui/csv-source.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'

const EXAMPLE = 'hour,g_per_kwh\n2026-11-24 00:00,212\n2026-11-24 01:00,198'

const carbonOptions = (depot: string) =>
  queryOptions({
    queryKey: [getCarbon.path, depot],
    queryFn: ({ signal }) => call(getCarbon, { params: { depot }, signal }),
    refetchInterval: 300_000,
  })

/** How clean the energy of the grid is: what the plan “Greenest” goes by. */
export function Carbon({ whyNot }: { whyNot: string | null }) {
  const depot = useDepot()
  const { data, error } = useQuery(carbonOptions(depot.id))
  const [importing, setImporting] = useState(false)
  return (
    <Question title="How clean is the energy?" className="border-line border-b px-4 py-4 md:px-6">
      <p className="max-w-3xl text-ink-2">
        {data ? words(data, depot.zone) : error ? `This cannot be told now: ${error.message}` : 'Loading…'}
      </p>
      {data && data.day.length > 0 && <UsualDay day={data.day} />}
      <p className="mt-3">
        <Button disabledReason={whyNot} onClick={() => setImporting(true)}>
          Import carbon figures
        </Button>
      </p>
      {importing && <ImportCarbon close={() => setImporting(false)} />}
    </Question>
  )
}

function words({ day, ahead, nowGPerKwh, usable }: CarbonView, zone: string): string {
  if (day.length === 0 && ahead.length === 0)
    return 'Nobody told yet. With g CO₂ per kWh by hour, or for a usual day, the plan can prefer the greenest hours that still make every departure.'
  const last = ahead.at(-1)
  return [
    nowGPerKwh === null ? '' : `Now ${withUnit(String(nowGPerKwh), 'g CO₂/kWh')}.`,
    last ? `${counted(ahead.length, 'hour')} ahead are imported, the last one begins ${momentText(last.from, zone)}.` : '',
    day.length > 0 ? 'Hours that are not imported are like the usual day below.' : 'Hours after that are like those of the day before.',
    usable ? '' : 'That is not enough for a plan: import the hours of a whole day, or a usual day.',
  ]
    .filter(Boolean)
    .join(' ')
}

/** 24 bars with their figures, so that they are read and seen. */
function UsualDay({ day }: { day: readonly number[] }) {
  const most = Math.max(1, ...day)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section aria-label="A usual day, by hour" tabIndex={0} className="relative mt-3 overflow-x-auto -outline-offset-2">
      <table className="w-full min-w-[640px] table-fixed">
        <caption className="sr-only">g CO₂ per kWh in each hour of a usual day, depot time</caption>
        <thead>
          <tr className="text-ink-3 text-note">
            {day.map((_, hour) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the hour
              <th key={hour} scope="col" className="text-center font-normal">
                {String(hour).padStart(2, '0')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {day.map((g, hour) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the hour
              <td key={hour} className="px-px text-center align-bottom text-note">
                {g}
                <span aria-hidden className="mx-auto mt-1 block w-full rounded-xs bg-base" style={{ height: 4 + (g / most) * 44 }} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  )
}

function ImportCarbon({ close }: { close: () => void }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [csv, setCsv] = useState('')
  const sending = useMutation({
    mutationFn: () => call(putCarbon, { params: { depot: depot.id }, input: { csv } }),
    onSuccess(view) {
      cache.setQueryData(carbonOptions(depot.id).queryKey, view)
      say('The figures are taken in', { detail: 'The plan is made again.' })
      close()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-2xl!"
      title="Import carbon figures"
      description={`CSV with the columns hour and g_per_kwh. Hours with their date in depot time (${depot.zone}) or ISO with offset; or 24 lines from 0 to 23 for a usual day.`}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={whyNoLines(csv)}
            pending={sending.isPending}
            pendingText="Importing…"
            onClick={() => sending.mutate()}
          >
            Import
          </Button>
        </>
      }
    >
      <CsvSource value={csv} onChange={setCsv} example={EXAMPLE} />
      {sending.error && (
        <p role="alert" className="text-critical-text text-label">
          {sending.error.message}
        </p>
      )}
    </Dialog>
  )
}
