'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getBoard } from '#lib/api/board.ts'
import { getCharger } from '#lib/api/charger.ts'
import { getFleet } from '#lib/api/fleet.ts'
import { cancelReservation, getReservations, type Reserved, reserve, reserveInput } from '#lib/api/reservation.ts'
import { hours, instant } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { Button, type ButtonLook } from './button.tsx'
import { call } from './call.ts'
import { Confirm } from './confirm.tsx'
import { useDepotNow, useDepotZone } from './depot-clock.tsx'
import { Dialog } from './dialog.tsx'
import { EntryForm, textOf } from './entry-form.tsx'
import { Field, Select } from './field.tsx'
import { say, sayProblem } from './toast.tsx'

type Port = { number: number; bay: string }

/** Says what came of it, and shows the ports anew. */
function useTold(depot: string) {
  const cache = useQueryClient()
  return async ({ outcome, detail }: Reserved, done: string) => {
    if (outcome === 'accepted') say(done, { detail })
    else sayProblem(outcome === 'refused' ? 'The charger refused' : 'The charger did not answer', detail)
    for (const path of [getReservations.path, getBoard.path, getCharger.path]) await cache.invalidateQueries({ queryKey: [path, depot] })
  }
}

/** Keeps a port free for a van or card: asks for whom and until when. Several ports: which, or any. */
export function ReservePort({
  depot,
  charger,
  ports,
  any = false,
  label = 'Reserve',
  disabledReason,
  ...look
}: {
  depot: string
  charger: string
  ports: readonly Port[]
  /** Any port of the charger may be chosen. */
  any?: boolean
  label?: string
  disabledReason?: string | null
} & ButtonLook) {
  const [open, setOpen] = useState(false)
  const one = ports.length === 1 ? ports[0] : undefined
  return (
    <>
      <Button {...look} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        {label}
        {one && <span className="sr-only"> bay {one.bay}</span>}
      </Button>
      {open && <ReserveDialog depot={depot} charger={charger} ports={ports} any={any} close={() => setOpen(false)} />}
    </>
  )
}

function ReserveDialog({
  depot,
  charger,
  ports,
  any,
  close,
}: {
  depot: string
  charger: string
  ports: readonly Port[]
  any: boolean
  close: () => void
}) {
  const told = useTold(depot)
  const zone = useDepotZone()
  const now = useDepotNow(60_000)
  const [whom, setWhom] = useState('')
  const { data, error } = useQuery({
    queryKey: [getFleet.path, depot],
    queryFn: ({ signal }) => call(getFleet, { params: { depot }, signal }),
  })
  const one = ports.length === 1 && !any ? ports[0] : undefined
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title={one ? `Reserve bay ${one.bay}` : 'Reserve a port'}
      description="The charger keeps it free: only this card, or one of its group, can start there. Nobody else can charge at it until then."
    >
      <EntryForm
        schema={reserveInput}
        submit="Reserve"
        cancel={close}
        read={(form) => ({
          chargerId: charger,
          port: Number(one ? one.number : textOf(form, 'port')),
          until: textOf(form, 'until'),
          ...(whom === '' ? { idTag: textOf(form, 'idTag') || undefined } : { vehicleId: whom }),
        })}
        send={async (input) => {
          await told(await call(reserve, { params: { depot }, input }), 'Reserved')
          close()
        }}
      >
        {(wrong) => (
          <>
            {!one && (
              <Select
                label="Port"
                name="port"
                error={wrong.port}
                options={[
                  ...(any ? [{ value: '0', label: 'Any port of this charger' }] : []),
                  ...ports.map(({ number, bay }) => ({ value: String(number), label: `Bay ${bay}` })),
                ]}
              />
            )}
            <Select
              label="For"
              value={whom}
              onChange={({ target }) => setWhom(target.value)}
              error={wrong.vehicleId}
              hint={error ? 'The vehicles cannot be fetched: enter the card.' : undefined}
              options={[{ value: '', label: 'A card' }, ...(data?.vehicles ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
            />
            {whom === '' && (
              <Field label="Card or tag" name="idTag" maxLength={20} error={wrong.idTag} autoComplete="off" spellCheck={false} />
            )}
            <Field
              label="Until"
              name="until"
              defaultValue={localIso(instant(now + hours(2)), zone)
                .slice(0, 16)
                .replace('T', ' ')}
              error={wrong.until}
              hint={`Depot time (${zone}).`}
              required
            />
          </>
        )}
      </EntryForm>
    </Dialog>
  )
}

/** Ends a reservation before its time; asked first. */
export function CancelReservation({
  depot,
  id,
  whom,
  bay,
  label = 'Cancel reservation',
  ...look
}: {
  depot: string
  id: number
  whom: string
  bay: string | null
  label?: string
} & ButtonLook) {
  const told = useTold(depot)
  const where = bay === null ? 'the charger' : `bay ${bay}`
  return (
    <Confirm
      {...look}
      label={label}
      title={`Cancel the reservation of ${where}?`}
      consequence={`It is no longer kept for ${whom}: anyone can charge there.`}
      verb="Cancel reservation"
      onConfirm={async () => told(await call(cancelReservation, { params: { depot, reservation: String(id) } }), 'Cancelled')}
    />
  )
}
