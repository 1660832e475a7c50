'use client'
import { addVehicle, changeVehicle, type FleetView, type VehicleRow, vehicleInput } from '#lib/api/fleet.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { CopyLine } from '../ui/shown-once.tsx'
import { say } from '../ui/toast.tsx'
import { Reckoning } from './margin.tsx'
import { Cards } from './vehicle-cards.tsx'

type Given = {
  fleet: FleetView
  /** Undefined: a new one. */
  vehicle: VehicleRow | undefined
  close: () => void
  changed: () => Promise<void>
  addDuty: () => void
}

/** What a vehicle is, where it stands and who drives it. */
export function VehicleDialog({ fleet, vehicle, close, changed, addDuty }: Given) {
  const depot = useDepot()
  const free = fleet.bays.filter(({ id, homeOf }) => homeOf === null || id === vehicle?.homePortId)
  return (
    <Dialog open onOpenChange={(to) => !to && close()} className="max-w-xl!" title={vehicle ? vehicle.name : 'Add a vehicle'}>
      <EntryForm
        schema={vehicleInput}
        read={readVehicle}
        submit={vehicle ? 'Save vehicle' : 'Add the vehicle'}
        cancel={close}
        beside={vehicle && <Button onClick={addDuty}>Give it a duty</Button>}
        send={async (input) => {
          if (vehicle) await call(changeVehicle, { params: { depot: depot.id, vehicle: vehicle.id }, input })
          else await call(addVehicle, { params: { depot: depot.id }, input })
          await changed()
          say(vehicle ? `${input.name} is changed` : `${input.name} is added`, {
            detail: vehicle ? 'The plan is made again.' : 'Next: give it a duty, so that it is charged in time.',
          })
          close()
        }}
      >
        {(wrong) => (
          <>
            <div className="grid items-start gap-3 md:grid-cols-2">
              <Field label="Name" name="name" defaultValue={vehicle?.name} error={wrong.name} autoFocus={!vehicle} required />
              <Select
                label="Bay"
                name="homePortId"
                defaultValue={vehicle?.homePortId ?? (vehicle ? '' : free[0]?.id)}
                error={wrong.homePortId}
                hint={fleet.bays.length === 0 ? 'No bay yet: a charger brings them.' : 'Where it stands at night.'}
                options={[
                  { value: '', label: 'No bay of its own' },
                  ...free.map(({ id, bay, charger }) => ({ value: id, label: `${bay} (${charger})` })),
                ]}
              />
              <Field
                label="Battery, kWh"
                name="batteryKwh"
                inputMode="decimal"
                defaultValue={kilo(vehicle?.batteryWh)}
                error={wrong.batteryKwh}
                hint="Usable."
                required
              />
              <Field
                label="Highest power, kW"
                name="maxKw"
                inputMode="decimal"
                defaultValue={kilo(vehicle?.maxW)}
                error={wrong.maxKw}
                hint="Of its own charger."
                required
              />
              <Field
                label="Uses, kWh per km"
                name="kwhPerKm"
                inputMode="decimal"
                defaultValue={kilo(vehicle?.whPerKm) ?? '0.4'}
                error={wrong.kwhPerKm}
                required
              />
              <Field
                label="Charge to, %"
                name="targetSocPct"
                inputMode="numeric"
                defaultValue={vehicle?.targetSocPct ?? 90}
                error={wrong.targetSocPct}
                required
              />
              <Select
                label="Phases"
                name="phases"
                defaultValue={String(vehicle?.phases ?? 1)}
                error={wrong.phases}
                options={['1', '2', '3'].map((value) => ({ value, label: value }))}
              />
              <Field label="Driver" name="driver" defaultValue={vehicle?.driver ?? ''} error={wrong.driver} hint="Known by the card." />
            </div>
            <Field
              label="Card or tag"
              name="tags"
              defaultValue={vehicle?.tags.map(({ idTag }) => idTag).join(', ') ?? ''}
              error={wrong.tags}
              hint="As printed on it, at most 20 characters; more than one with commas. One that you take out is blocked."
              spellCheck={false}
              autoComplete="off"
            />
          </>
        )}
      </EntryForm>
      {vehicle?.feasibility && <Reckoning feasibility={vehicle.feasibility} title="Its next duty" />}
      {vehicle && <Cards tags={vehicle.tags} changed={changed} />}
      {vehicle && <CopyLine label="Id for telematics and dispatch" text={vehicle.id} />}
    </Dialog>
  )
}

const kilo = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value / 1000))

const readVehicle = (form: FormData): Record<string, unknown> => ({
  name: textOf(form, 'name'),
  batteryKwh: numberOf(form, 'batteryKwh'),
  maxKw: numberOf(form, 'maxKw'),
  kwhPerKm: numberOf(form, 'kwhPerKm'),
  targetSocPct: numberOf(form, 'targetSocPct'),
  phases: numberOf(form, 'phases'),
  homePortId: textOf(form, 'homePortId') || null,
  driver: textOf(form, 'driver') || null,
  tags: textOf(form, 'tags')
    .split(/[,;\n]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== ''),
})
