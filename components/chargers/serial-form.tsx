'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import type { Secure } from './charger-security.tsx'

/** The serial that the charger's certificate may name instead of its identity. */
export function SerialForm({
  told,
  registered,
  pending,
  secure,
}: {
  told: string | null
  registered: string | null
  pending: boolean
  secure: Secure
}) {
  const [serial, setSerial] = useState(registered ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void secure({ kind: 'setSerial', serial: serial.trim() === '' ? null : serial.trim() })
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
      <Field
        label="Registered serial number"
        value={serial}
        onChange={({ target }) => setSerial(target.value)}
        maxLength={64}
        hint={
          told
            ? `It tells ${told} itself. Its certificate may name either, or its identity.`
            : 'Its certificate may name it instead of its identity.'
        }
      />
      <Button
        type="submit"
        className="md:mt-5"
        pending={pending}
        disabledReason={serial.trim() === (registered ?? '') ? 'Nothing is changed.' : null}
      >
        Save
      </Button>
    </form>
  )
}
