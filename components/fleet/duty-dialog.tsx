'use client'
import { useState } from 'react'
import { addDuty, changeDuty, type DutyRow, dutyInput, removeDuty } from '#lib/api/duty.ts'
import type { FleetView } from '#lib/api/fleet.ts'
import { dutyEnergyWh } from '#lib/fleet/duty.ts'
import { energyText } from '#lib/format/energy.ts'
import { percent } from '#lib/format/number.ts'
import { instant } from '#lib/time/instant.ts'
import { addDays, localDay, localIso } from '#lib/time/zone.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { say } from '../ui/toast.tsx'
import { Reckoning } from './margin.tsx'

type Given = { fleet: FleetView; duty?: DutyRow; vehicleId?: string; close: () => void; changed: () => Promise<void> }

/** When a vehicle leaves, when it is back, how far it goes. */
export function DutyDialog({ fleet, duty, vehicleId, close, changed }: Given) {
  const depot = useDepot()
  const zone = useDepotZone()
  const [chosen, choose] = useState(duty?.vehicleId ?? (vehicleId || fleet.vehicles[0]?.id || ''))
  const [km, setKm] = useState(duty ? String(duty.distanceM / 1000) : '')
  const [first] = useState(useFirst(zone))
  const vehicle = fleet.vehicles.find(({ id }) => id === chosen)
  const local = (at: number) => localIso(instant(at), zone).slice(0, 16)
  const done = async (what: string) => {
    await changed()
    say(what, { detail: 'The plan is made again.' })
    close()
  }
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title={duty ? `${duty.name ?? 'Duty'} of ${duty.vehicleName}` : 'Add a duty'}
      description={duty?.left ? 'It has left: only the return can be changed.' : `In depot time, ${zone}.`}
    >
      <EntryForm
        schema={dutyInput}
        read={(form) => ({
          name: textOf(form, 'name'),
          departs: textOf(form, 'departs'),
          returns: textOf(form, 'returns'),
          km: numberOf(form, 'km'),
        })}
        submit={duty ? 'Save duty' : 'Add the duty'}
        cancel={close}
        beside={
          duty && (
            <Confirm
              label="Remove"
              title={`Remove this duty of ${duty.vehicleName}?`}
              consequence="It is no longer charged for this departure."
              verb="Remove duty"
              disabledReason={duty.left ? 'It has left already.' : null}
              onConfirm={async () => {
                await call(removeDuty, { params: { depot: depot.id, duty: duty.id } })
                await done('The duty is removed')
              }}
            />
          )
        }
        send={async (input) => {
          if (duty) await call(changeDuty, { params: { depot: depot.id, duty: duty.id }, input })
          else await call(addDuty, { params: { depot: depot.id, vehicle: chosen }, input })
          await done(duty ? 'The duty is changed' : `${vehicle?.name} has a duty`)
        }}
      >
        {(wrong) => (
          <>
            {!duty && (
              <Select
                label="Vehicle"
                name="vehicle"
                value={chosen}
                onChange={({ target }) => choose(target.value)}
                options={fleet.vehicles.map(({ id, name }) => ({ value: id, label: name }))}
              />
            )}
            <Field
              label="Block or tour (may be left empty)"
              name="name"
              defaultValue={duty?.name ?? ''}
              error={wrong.name}
              autoComplete="off"
            />
            <div className="grid items-start gap-3 md:grid-cols-2">
              <Field
                label="Departs"
                name="departs"
                type="datetime-local"
                defaultValue={duty ? local(duty.departsAt) : first.departs}
                readOnly={duty?.left}
                error={wrong.departs}
                required
              />
              <Field
                label="Returns"
                name="returns"
                type="datetime-local"
                defaultValue={duty ? local(duty.returnsAt) : first.returns}
                error={wrong.returns}
                required
              />
            </div>
            <Field
              label="Distance, km"
              name="km"
              inputMode="decimal"
              value={km}
              onChange={({ target }) => setKm(target.value)}
              error={wrong.km}
              hint={vehicle && energyWords(km, vehicle)}
              required
            />
            {duty?.feasibility && <Reckoning feasibility={duty.feasibility} />}
          </>
        )}
      </EntryForm>
    </Dialog>
  )
}

function energyWords(km: string, { name, whPerKm, batteryWh, targetSocPct }: FleetView['vehicles'][number]): string {
  const distance = Number(km.replace(',', '.'))
  if (km.trim() === '' || !(distance >= 0 && distance <= 3000)) return 'There and back; 15 % reserve is added to its energy.'
  const energyWh = dutyEnergyWh(distance * 1000, whPerKm)
  const share = (energyWh / batteryWh) * 100
  const needs = `${energyText(energyWh)} with 15 % reserve, ${percent(share)} of the battery of ${name}.`
  return share > targetSocPct ? `${needs} That is more than its target of ${percent(targetSocPct)}: it will leave short.` : needs
}

/** Tomorrow's usual day. */
const useFirst = (zone: string): { departs: string; returns: string } => {
  const tomorrow = addDays(localDay(instant(useDepotNow(60_000)), zone), 1)
  return { departs: `${tomorrow}T06:30`, returns: `${tomorrow}T16:00` }
}
