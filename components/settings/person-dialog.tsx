'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { addPerson, changePerson, type PersonRow } from '#lib/api/people.ts'
import { type Role, roles } from '#lib/auth/role.ts'
import { call } from '../ui/call.ts'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, textOf, type Wrong } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { say } from '../ui/toast.tsx'
import { type PeopleView, peopleOptions, ROLES } from './people-query.ts'

/** Name, role and depots; of a new person the e-mail as well. */
export function PersonDialog({
  view,
  person,
  close,
  told,
}: {
  view: PeopleView
  /** Undefined: a new one. */
  person: PersonRow | undefined
  close: () => void
  told: (password: { name: string; email: string; password: string }) => void
}) {
  const cache = useQueryClient()
  const [role, setRole] = useState<Role>(person?.role ?? 'manager')
  const read = (form: FormData): Record<string, unknown> => ({
    name: textOf(form, 'name'),
    role,
    depotIds: role === 'admin' ? [] : form.getAll('depotIds').map(String),
    driverId: role === 'driver' ? textOf(form, 'driverId') || null : null,
  })
  const changed = () => cache.invalidateQueries({ queryKey: peopleOptions.queryKey })
  const fields = (wrong: Wrong) => (
    <>
      <Field label="Name" name="name" defaultValue={person?.name} error={wrong.name} autoFocus required />
      {!person && <Field label="E-mail" name="email" type="email" error={wrong.email} autoComplete="off" required />}
      <Select
        label="Is"
        value={role}
        onChange={({ target }) => setRole(roles.find((each) => each === target.value) ?? 'manager')}
        error={wrong.role}
        hint={HINTS[role]}
        options={roles.map((value) => ({ value, label: ROLES[value] }))}
      />
      {role !== 'admin' && (
        <fieldset className="flex flex-col">
          <legend className="text-ink-2 text-label">Sees</legend>
          {view.depots.map(({ id, name }) => (
            <label key={id} className="flex min-h-(--target) items-center gap-2">
              <input
                type="checkbox"
                name="depotIds"
                value={id}
                defaultChecked={person?.depotIds.includes(id) ?? view.depots.length === 1}
                className="size-4 accent-ink"
              />
              {name}
            </label>
          ))}
          {wrong.depotIds && (
            <p role="alert" className="text-critical-text text-label">
              {wrong.depotIds}
            </p>
          )}
        </fieldset>
      )}
      {role === 'driver' && (
        <Select
          label="Which driver"
          name="driverId"
          defaultValue={person?.driverId ?? ''}
          error={wrong.driverId}
          options={[{ value: '', label: 'Choose' }, ...view.drivers.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      )}
    </>
  )
  return (
    <Dialog open onOpenChange={(to) => !to && close()} title={person ? person.name : 'Add a person'} description={person?.email}>
      {person ? (
        <EntryForm
          schema={changePerson.input!}
          read={(form) => ({ ...read(form), disabled: person.disabledAt !== null })}
          submit="Save"
          cancel={close}
          send={async (input) => {
            await call(changePerson, { params: { person: person.id }, input })
            await changed()
            say(`${input.name} is changed`, { detail: 'It counts at their next request.' })
            close()
          }}
        >
          {fields}
        </EntryForm>
      ) : (
        <EntryForm
          schema={addPerson.input!}
          read={(form) => ({ ...read(form), email: textOf(form, 'email') })}
          submit="Add and show the password"
          cancel={close}
          send={async (input) => {
            const { password } = await call(addPerson, { input })
            await changed()
            told({ name: input.name, email: input.email, password })
          }}
        >
          {fields}
        </EntryForm>
      )}
    </Dialog>
  )
}

const HINTS: Record<Role, string> = {
  admin: 'Runs every depot, and changes people and API keys.',
  manager: 'Runs the chosen depots.',
  finance: 'Reads sessions, figures and exports.',
  driver: 'Sees the own vehicle.',
}
