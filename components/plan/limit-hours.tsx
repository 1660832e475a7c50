'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getPlan, type PlanView } from '#lib/api/plan.ts'
import { endLowerLimit } from '#lib/api/site.ts'
import { limitText } from '#lib/format/energy.ts'
import { nearText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

type Hours = PlanView['limitHours'][number]

/** Limits that somebody lowered for some hours, each with the way to end it. */
export function LoweredLimits({ plan: { depot, limitHours } }: { plan: PlanView }) {
  if (limitHours.length === 0) return null
  return (
    <section aria-labelledby="lowered" className="border-line border-b px-4 py-2 md:px-6">
      <h2 id="lowered" className="sr-only">
        Lowered limits
      </h2>
      <ul>
        {limitHours.map((hours) => (
          <Lowered key={hours.id} hours={hours} depot={depot} />
        ))}
      </ul>
    </section>
  )
}

function Lowered({ hours, depot }: { hours: Hours; depot: PlanView['depot'] }) {
  const cache = useQueryClient()
  const now = useDepotNow(15_000)
  const runs = hours.from <= now
  const name = `${hours.node} at ${limitText(hours.limitW)}`
  const ending = useMutation({
    mutationFn: () => call(endLowerLimit, { params: { depot: depot.id, hours: hours.id } }),
    onSuccess: () => {
      say(`${hours.node}: its usual limit ${runs ? 'holds again' : 'stays'}`, { detail: 'A new plan is made.' })
      return cache.invalidateQueries({ queryKey: [getPlan.path, depot.id] })
    },
    onError: (error) => sayProblem('The lowered limit stays', error.message),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1">
      <span aria-hidden className="h-3 w-3 rounded-xs bg-event" />
      <span className="min-w-0 flex-1 basis-64">
        <b className="font-semibold">{name}</b> {runs ? '' : `from ${nearText(hours.from, now, depot.zone)} `}until{' '}
        {nearText(hours.until, now, depot.zone)}
        {hours.reason && `: ${hours.reason}`}
      </span>
      <Button pending={ending.isPending} pendingText={runs ? 'Ending…' : 'Taking it back…'} onClick={() => ending.mutate()}>
        {runs ? 'End it now' : 'Take it back'}
        <span className="sr-only">: {name}</span>
      </Button>
    </li>
  )
}
