'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getBoard, type PortView } from '#lib/api/board.ts'
import { actOnCharger, type ChargerAct } from '#lib/api/charger.ts'
import { actWay, askBefore, commandOf } from '#lib/charging/next-act.ts'
import { Button, ButtonLink, type ButtonLook } from './button.tsx'
import { call } from './call.ts'
import { Confirm } from './confirm.tsx'
import { CancelReservation, ReservePort } from './reserve-port.tsx'
import { say, sayProblem } from './toast.tsx'
import { useHref } from './use-href.ts'

type Act = NonNullable<PortView['act']>

/** Sends a command to a charger and says the outcome in the server's own words. */
export function useChargerAct(depot: string, charger: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (input: ChargerAct) => call(actOnCharger, { params: { depot, charger }, input }),
    onSuccess: ({ outcome, detail }) => {
      if (outcome === 'accepted') say('Done', { detail })
      else if (outcome === 'scheduled') say('It will happen', { detail })
      else sayProblem(outcome === 'refused' ? 'The charger refused' : 'The charger did not answer', detail)
      void cache.invalidateQueries({ queryKey: [getBoard.path, depot] })
    },
    onError: (error) => sayProblem('Nothing was sent', error.message),
  })
}

/** The one thing to do next about a port: a command (asked first when it interrupts), a way to the charger, or words for a person's hands. */
export function PortAct({ depot, port, act, ...look }: { depot: string; port: PortView; act: Act } & ButtonLook) {
  const send = useChargerAct(depot, port.chargerId)
  const href = useHref()
  const way = actWay(act.kind)
  if (way === 'hands')
    return (
      <p className="text-label">
        <span className="sr-only">To do: </span>
        {act.word}
      </p>
    )
  if (way === 'charger')
    return (
      <ButtonLink href={href(`/chargers/${port.chargerId}`)} aria-label={`${act.word}: bay ${port.bay}`} {...look}>
        {act.word}
      </ButtonLink>
    )
  if (way === 'reservation') return <ReservationAct depot={depot} port={port} act={act} {...look} />
  const command = commandOf(act.kind, { number: port.number, vehicleId: port.vehicle?.id ?? null })
  const question = askBefore(act.kind, port.bay, port.vehicle?.name ?? null)
  const run = async () => {
    // the outcome, also a failure, is said in a toast
    if (command) await send.mutateAsync(command).catch(() => undefined)
  }
  if (!question)
    return (
      <Button {...look} disabledReason={act.disabledReason} pending={send.isPending} pendingText="Asking the charger…" onClick={run}>
        {act.word}
        <span className="sr-only"> at bay {port.bay}</span>
      </Button>
    )
  return <Confirm {...look} {...question} label={act.word} disabledReason={act.disabledReason} onConfirm={run} />
}

function ReservationAct({ depot, port, act, ...look }: { depot: string; port: PortView; act: Act } & ButtonLook) {
  const { reservation, bay } = port
  if (act.kind === 'reserve')
    return (
      <ReservePort depot={depot} charger={port.chargerId} ports={[port]} label={act.word} disabledReason={act.disabledReason} {...look} />
    )
  return reservation && <CancelReservation depot={depot} id={reservation.id} whom={reservation.whom} bay={bay} label={act.word} {...look} />
}
