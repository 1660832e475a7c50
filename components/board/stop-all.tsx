'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getBoard } from '#lib/api/board.ts'
import { stopAll } from '#lib/api/depot.ts'
import { counted } from '#lib/format/number.ts'
import { clockText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import type { Depot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

function useStopAll(depot: Depot) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (stop: boolean) => call(stopAll, { params: { depot: depot.id }, input: { stop } }),
    onSuccess: ({ reached, unreached }, stop) => {
      const what = stop ? 'Everything is stopped' : 'Charging goes on by the plan'
      if (unreached.length === 0) say(what, { detail: `${counted(reached, 'charger')} reached.` })
      else
        sayProblem(
          stop ? 'Not every charger was reached' : what,
          `No answer from ${unreached.join(', ')}: ${stop ? 'switch off at the charger, or wait; it is stopped as soon as it answers.' : 'it follows as soon as it answers.'}`,
        )
      return cache.invalidateQueries({ queryKey: [getBoard.path, depot.id] })
    },
  })
}

/** Ends every session and holds all ports at zero. Asks first; a failure stays in the dialog. */
export function StopAll({ depot, charging, ports }: { depot: Depot; charging: number; ports: number }) {
  const { mutateAsync } = useStopAll(depot)
  return (
    <Confirm
      label="Stop all"
      title={`Stop all charging at ${depot.name}?`}
      consequence={`${counted(charging, 'van')} stop${charging === 1 ? 's' : ''} now, and all ${ports} ports are held at zero until someone lifts it, also after a restart. Vans may not be ready in time.`}
      verb="Stop all"
      onConfirm={async () => void (await mutateAsync(true))}
    />
  )
}

/** Stands above everything until it is lifted. */
export function StoppedBanner({ depot, since }: { depot: Depot; since: number }) {
  const { mutateAsync } = useStopAll(depot)
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 border-critical border-y bg-critical-tint px-4 py-2 md:px-6">
      <Mark kind="critical" />
      <p className="flex-1">
        <b className="font-semibold text-critical-text">All charging is stopped since {clockText(since, depot.zone)}.</b> Every port is held
        at zero; no van gets ready.
      </p>
      <Confirm
        variant="primary"
        label="Let charging go on"
        title={`Let ${depot.name} charge again?`}
        consequence="Vans that were stopped and are still plugged in charge on by the plan, within the cap. Make sure that nobody works at a charger."
        verb="Let charging go on"
        onConfirm={async () => void (await mutateAsync(false))}
      />
    </div>
  )
}
