'use client'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { addCharger } from '#lib/api/charger.ts'
import { Button } from '../ui/button.tsx'
import { CallFailed, call } from '../ui/call.ts'
import { Field, Select } from '../ui/field.tsx'

export type SiteNodeChoice = { id: string; name: string; kind: string }
const KINDS: Record<string, string> = { service: 'service connection', transformer: 'transformer', panel: 'panel', circuit: 'circuit' }

/** The facts of a charger that it cannot tell itself. Parsed by the contract before it is sent, so that errors stand at their field. */
export function AddChargerForm({
  depot,
  nodes,
  given,
  cancel,
  done,
}: {
  depot: string
  nodes: readonly SiteNodeChoice[]
  given: { identity: string; name: string; bay: string }
  cancel?: () => void
  done: (answer: z.output<typeof addCharger.output>) => void
}) {
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const add = useMutation({
    mutationFn: (input: z.output<typeof INPUT>) => call(addCharger, { params: { depot }, input }),
    onSuccess: done,
    onError: (error) => setWrong(error instanceof CallFailed ? error.fields : {}),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const parsed = INPUT.safeParse(inputOf(new FormData(event.currentTarget)))
    setWrong(parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])))
    if (parsed.success && !add.isPending) add.mutate(parsed.data)
  }
  // where it hangs decides what it may draw: nobody but a person knows, unless there is one place only
  const [only, ...others] = nodes
  const places = nodes.map(({ id, name, kind }) => ({ value: id, label: `${name} (${KINDS[kind] ?? kind})` }))
  return (
    <form onSubmit={submit} className="flex flex-col gap-3" noValidate>
      <div className="grid items-start gap-3 md:grid-cols-2">
        <Field
          label="Identity"
          name="identity"
          defaultValue={given.identity}
          error={wrong.identity}
          hint="As the charger will name itself: often its serial number."
          autoFocus={given.identity === ''}
          spellCheck={false}
          required
        />
        <Field label="Name" name="name" defaultValue={given.name} error={wrong.name} hint="As your people call it." required />
        <Select
          label="Hangs on"
          name="nodeId"
          defaultValue={others.length === 0 ? only?.id : ''}
          error={wrong.nodeId}
          hint="Its power counts there and above."
          options={others.length === 0 ? places : [{ value: '', label: 'Choose…' }, ...places]}
          required
        />
        <Field label="Bay" name="bay" defaultValue={given.bay} error={wrong.bay} hint="Of its first port." required />
        <Field label="Ports" name="ports" type="number" min={1} max={8} defaultValue={1} error={wrong.ports} inputMode="numeric" />
        <Field
          label="Highest power of a port, kW"
          name="maxKw"
          type="number"
          step="any"
          min={1}
          defaultValue={19.2}
          error={wrong.maxKw}
          hint="Its nameplate: what it gives when nobody limits it."
          inputMode="decimal"
        />
      </div>
      <details>
        <summary className="py-1 text-ink-2 text-label">Wiring: 240 V, one phase between two lines, at least 6 A</summary>
        <div className="grid items-start gap-3 pt-2 md:grid-cols-2">
          <Field label="Volts" name="volts" type="number" defaultValue={240} error={wrong.volts} inputMode="numeric" />
          <Select
            label="Phases"
            name="phases"
            defaultValue="1"
            error={wrong.phases}
            options={['1', '2', '3'].map((value) => ({ value, label: value }))}
          />
          <Select
            label="Wired"
            name="wiring"
            defaultValue="L-L"
            error={wrong.wiring}
            options={[
              { value: 'L-L', label: 'line to line (240 V in North America)' },
              { value: 'L-N', label: 'line to neutral (230 V in Europe)' },
            ]}
          />
          <Field
            label="Least current, A"
            name="minA"
            type="number"
            min={6}
            max={32}
            defaultValue={6}
            error={wrong.minA}
            inputMode="numeric"
          />
        </div>
      </details>
      <details>
        <summary className="py-1 text-ink-2 text-label">More: group, plug, approval, a key of your own</summary>
        <div className="grid items-start gap-3 pt-2 md:grid-cols-2">
          <Field label="Group" name="group" error={wrong.group} hint="Chargers of a group are configured alike." />
          <Field label="Plug" name="standard" error={wrong.standard} hint="Such as J1772, CCS1, Type2." />
          <Select
            label="When it connects"
            name="registration"
            error={wrong.registration}
            options={[
              { value: '', label: 'as new chargers begin here' },
              { value: 'accepted', label: 'it is accepted at once' },
              { value: 'pending', label: 'it waits for approval' },
            ]}
          />
          <Select
            label="Protocol"
            name="pinnedProtocol"
            error={wrong.pinnedProtocol}
            options={[
              { value: '', label: 'whatever both speak' },
              { value: 'ocpp1.6', label: 'OCPP 1.6 only' },
            ]}
          />
          <Field
            className="md:col-span-2"
            label="A key of your own"
            name="key"
            error={wrong.key}
            autoComplete="off"
            spellCheck={false}
            hint="Empty: one is made. Else 32 to 40 hexadecimal digits, or 16 to 40 characters."
          />
        </div>
      </details>
      {add.error && (
        <p role="alert" className="text-critical-text text-label">
          {add.error.message}
        </p>
      )}
      <div className="mt-2 flex flex-wrap justify-end gap-2">
        {cancel && <Button onClick={cancel}>Cancel</Button>}
        <Button type="submit" variant="primary" pending={add.isPending} pendingText="Adding…">
          Add and show the key
        </Button>
      </div>
    </form>
  )
}

const INPUT = addCharger.input!

const NUMBERS = ['ports', 'maxKw', 'minA', 'volts', 'phases']
/** What has a value of its own when it is left empty. */
const OPTIONAL = [...NUMBERS, 'group', 'standard', 'registration', 'pinnedProtocol', 'key']
/** An empty number is missing, not zero. */
const inputOf = (form: FormData): Record<string, unknown> =>
  Object.fromEntries(
    [...form].map(([name, value]) => {
      const text = String(value).trim()
      return [name, OPTIONAL.includes(name) && text === '' ? undefined : NUMBERS.includes(name) ? Number(text) : text]
    }),
  )
