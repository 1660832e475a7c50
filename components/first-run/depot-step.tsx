'use client'
import { useEffect, useState } from 'react'
import { addDepot } from '#lib/api/depot.ts'
import { call } from '../ui/call.ts'
import { Field, Select } from '../ui/field.tsx'
import { numberOf, StepForm, textOf } from './step-form.tsx'
import { rewired, type Supply, USUAL_VOLTS } from './supply.ts'

/** The service connection: what it may carry is the cap that no plan and no charger passes. */
export function DepotStep({ done }: { done: (depotId: string) => void }) {
  const [zone, setZone] = useState('')
  const [supply, setSupply] = useState<Supply>({ wiring: 'L-L', volts: USUAL_VOLTS['L-L'] })
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), [])
  const send = async (form: FormData) => {
    const wiring = textOf(form, 'wiring') === 'L-N' ? 'L-N' : 'L-L'
    const { id } = await call(addDepot, {
      input: {
        name: textOf(form, 'name'),
        zone: textOf(form, 'zone'),
        currency: textOf(form, 'currency'),
        capKw: numberOf(form, 'capKw'),
        volts: numberOf(form, 'volts'),
        wiring,
        phases: 3,
      },
    })
    done(id)
  }
  return (
    <StepForm
      title="Which depot?"
      lead="Its time zone decides what a day is, its cap what all chargers and the building may draw together."
      submit="Add the depot"
      send={send}
    >
      {(errors) => (
        <>
          <Field label="Name" name="name" required autoFocus error={errors.name} />
          <Field
            label="Time zone"
            name="zone"
            required
            value={zone}
            onChange={(event) => setZone(event.target.value)}
            error={errors.zone}
          />
          <Field label="Currency" name="currency" required maxLength={3} placeholder="EUR" error={errors.currency} hint="Three letters." />
          <Field
            label="Cap of the service connection, kW"
            name="capKw"
            required
            inputMode="decimal"
            error={errors.capKw}
            hint="The contract, or what the breaker carries for hours: the smaller of the two."
          />
          <Select
            label="Wiring"
            name="wiring"
            value={supply.wiring}
            onChange={({ target }) => setSupply(rewired(supply, target.value === 'L-N' ? 'L-N' : 'L-L'))}
            error={errors.wiring}
            options={[
              { value: 'L-L', label: 'Between two lines (North America)' },
              { value: 'L-N', label: 'Between line and neutral (Europe)' },
            ]}
          />
          <Field
            label="Volts"
            name="volts"
            required
            inputMode="numeric"
            value={supply.volts}
            onChange={({ target }) => setSupply({ ...supply, volts: target.value })}
            error={errors.volts}
            hint="Between the two conductors of one load."
          />
        </>
      )}
    </StepForm>
  )
}
