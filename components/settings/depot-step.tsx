'use client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import type { z } from 'zod'
import { addDepot } from '#lib/api/depot.ts'
import { Button } from '../ui/button.tsx'
import { CallFailed, call } from '../ui/call.ts'
import { Field, Select } from '../ui/field.tsx'

const INPUT = addDepot.input!
const NUMBERS = ['capKw', 'volts', 'phases']

/** The depot: where it is, what it bills in, and what its service connection can give. */
export function DepotStep({ done }: { done: (depot: { id: string; name: string }) => void }) {
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const [zone, setZone] = useState('')
  // the person's own zone is the best guess, and only their browser knows it
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), [])
  const add = useMutation({
    mutationFn: async (input: z.output<typeof INPUT>) => ({ ...(await call(addDepot, { input })), name: input.name }),
    onSuccess: done,
    onError: (error) => setWrong(error instanceof CallFailed ? error.fields : {}),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const given = [...new FormData(event.currentTarget)].map(([name, value]) => [
      name,
      NUMBERS.includes(name) ? (value === '' ? undefined : Number(value)) : String(value).trim(),
    ])
    const parsed = INPUT.safeParse(Object.fromEntries(given))
    setWrong(parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])))
    if (parsed.success && !add.isPending) add.mutate(parsed.data)
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label="Name of the depot" name="name" autoFocus required error={wrong.name} />
      <div className="grid items-start gap-4 md:grid-cols-2">
        <Field
          label="Time zone"
          name="zone"
          list="zones"
          value={zone}
          onChange={({ target }) => setZone(target.value)}
          error={wrong.zone}
          hint="Every time on the screens is this zone’s."
          spellCheck={false}
        />
        <Field
          label="Currency"
          name="currency"
          list="currencies"
          defaultValue="EUR"
          maxLength={3}
          error={wrong.currency}
          hint="Three letters: EUR, USD."
          spellCheck={false}
        />
        <Field
          label="Cap of the service connection, kW"
          name="capKw"
          type="number"
          step="any"
          min={1}
          inputMode="decimal"
          error={wrong.capKw}
          hint="What your contract or breaker allows. All vehicles and the building together stay under it."
        />
        <Select
          label="Supply"
          name="wiring"
          defaultValue="L-N"
          error={wrong.wiring}
          hint="How chargers are fed."
          options={[
            { value: 'L-N', label: 'line to neutral (230/400 V)' },
            { value: 'L-L', label: 'line to line (208/240 V)' },
          ]}
        />
        <Field label="Volts, line as above" name="volts" type="number" defaultValue={230} inputMode="numeric" error={wrong.volts} />
        <Select
          label="Phases"
          name="phases"
          defaultValue="3"
          error={wrong.phases}
          options={[
            { value: '3', label: '3' },
            { value: '1', label: '1' },
          ]}
        />
      </div>
      <datalist id="zones">
        {Intl.supportedValuesOf('timeZone').map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <datalist id="currencies">
        {['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'CAD', 'AUD'].map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {add.error && (
        <p role="alert" className="text-critical-text text-label">
          {add.error.message}
        </p>
      )}
      <Button type="submit" variant="primary" wide pending={add.isPending} pendingText="Adding the depot…">
        Add the depot
      </Button>
    </form>
  )
}
