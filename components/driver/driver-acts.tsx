'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { type DriverView, driverAct, getMyVan } from '#lib/api/driver.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import { LeaveEarlier } from './leave-earlier.tsx'
import { ReportProblem } from './report-problem.tsx'

type Van = NonNullable<DriverView['van']>
export type DriverAct = z.input<NonNullable<typeof driverAct.input>>

/** Sends what the driver asks and says the outcome in the server's words. Throws only when nothing was sent. */
export function useDriverAct() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (input: DriverAct) => call(driverAct, { input }),
    onSuccess: ({ outcome, detail }) => {
      if (outcome === 'accepted' || outcome === 'scheduled') say('Done', { detail })
      else sayProblem(outcome === 'refused' ? 'That is not possible' : 'The charger does not answer', detail)
      return cache.invalidateQueries({ queryKey: [getMyVan.path] })
    },
  })
}

const NO_REACH = 'There is no connection to the depot just now.'

/** Three things a driver may do. Stopping is never the primary button. */
export function DriverActs({ van, zone, reachable }: { van: Van; zone: string; reachable: boolean }) {
  const { mutateAsync, isPending } = useDriverAct()
  const away = reachable ? null : NO_REACH
  const start = () =>
    mutateAsync({ kind: 'start', vehicleId: van.id }).catch((error: Error) => sayProblem('Nothing was started', error.message))
  const canStop = van.whyNotStop === null
  return (
    <section aria-label="What you may do" className="grid gap-2 border-line border-b p-4">
      {canStop ? (
        <Confirm
          size="driver"
          wide
          label="Stop charging"
          title={`Stop charging ${van.name}?`}
          consequence="It gets no more energy until you start it again. It may then not be ready when you leave."
          verb="Stop charging"
          disabledReason={away}
          onConfirm={async () => void (await mutateAsync({ kind: 'stop', vehicleId: van.id }))}
        />
      ) : (
        <Button
          size="driver"
          wide
          variant="primary"
          disabledReason={away ?? van.whyNotStart}
          pending={isPending}
          pendingText="Asking the charger…"
          onClick={start}
        >
          Start charging
        </Button>
      )}
      {!canStop && van.whyNotStart && reachable && <p className="text-ink-2 text-phone">{van.whyNotStart}</p>}
      <LeaveEarlier van={van} zone={zone} disabledReason={away} />
      <ReportProblem van={van} disabledReason={away} />
    </section>
  )
}
