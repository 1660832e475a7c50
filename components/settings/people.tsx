'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changePerson, newPassword, type PersonRow } from '#lib/api/people.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Question } from '../ui/question.tsx'
import { CopyLine } from '../ui/shown-once.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { say } from '../ui/toast.tsx'
import { type PeopleView, peopleOptions, ROLES } from './people-query.ts'
import { PersonDialog } from './person-dialog.tsx'

type Told = { name: string; email: string; password: string }

/** Who may sign in, and as what. */
export function People() {
  const { data, error, refetch } = useQuery(peopleOptions)
  const [editing, setEditing] = useState<PersonRow | 'new' | null>(null)
  const [told, setTold] = useState<Told | null>(null)
  return (
    <Question title="Who may sign in?">
      {data ? (
        <>
          <div className="my-2">
            <Button onClick={() => setEditing('new')}>Add a person</Button>
          </div>
          <PeopleTable view={data} edit={setEditing} told={setTold} />
          {editing && (
            <PersonDialog
              view={data}
              person={editing === 'new' ? undefined : editing}
              close={() => setEditing(null)}
              told={(password) => {
                setEditing(null)
                setTold(password)
              }}
            />
          )}
        </>
      ) : error ? (
        <ErrorState title="The people cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines label="Loading the people" />
      )}
      <Dialog
        open={told !== null}
        // the password is not shown again: only its button closes
        onOpenChange={() => {}}
        title={`The password of ${told?.name ?? ''}`}
        footer={
          <Button variant="primary" onClick={() => setTold(null)}>
            I have passed it on
          </Button>
        }
      >
        {told && (
          <>
            <p className="text-ink-2">It is shown this once and kept only as a hash. They sign in with it and their e-mail.</p>
            <CopyLine label="E-mail" text={told.email} />
            <CopyLine label="Password" text={told.password} />
          </>
        )}
      </Dialog>
    </Question>
  )
}

function PeopleTable({ view, edit, told }: { view: PeopleView; edit: (person: PersonRow) => void; told: (password: Told) => void }) {
  const cache = useQueryClient()
  const depots = new Map(view.depots.map(({ id, name }) => [id, name]))
  const setDisabled = async ({ id, name, role, depotIds, driverId }: PersonRow, disabled: boolean) => {
    await call(changePerson, { params: { person: id }, input: { name, role, depotIds, driverId, disabled } })
    await cache.invalidateQueries({ queryKey: peopleOptions.queryKey })
    say(disabled ? `${name} may no longer sign in` : `${name} may sign in again`)
  }
  return (
    <Table<PersonRow>
      caption="People"
      rows={view.people}
      rowKey={({ id }) => id}
      columns={[
        {
          name: 'Name',
          header: true,
          cell: ({ name, self, disabledAt }) => (
            <>
              {self ? `${name} (you)` : name}
              {disabledAt !== null && <span className="block font-normal text-ink-3 text-note md:hidden">kept out</span>}
            </>
          ),
        },
        { name: 'E-mail', wideOnly: true, cell: ({ email }) => <span className="break-all">{email}</span> },
        { name: 'Is', cell: ({ role }) => ROLES[role] },
        {
          name: 'Sees',
          wideOnly: true,
          cell: ({ role, depotIds }) => (role === 'admin' ? 'every depot' : depotIds.map((id) => depots.get(id) ?? id).join(', ')),
        },
        {
          name: 'State',
          wideOnly: true,
          cell: ({ disabledAt }) =>
            disabledAt === null ? <Status kind="normal" word="May sign in" /> : <Status kind="off" word="Kept out" />,
        },
        {
          name: 'Change',
          hiddenName: true,
          numeric: true,
          cell: (person) => (
            <span className="inline-flex flex-wrap justify-end gap-2">
              <Button onClick={() => edit(person)} aria-label={`Change ${person.name}`}>
                Change
              </Button>
              <Confirm
                label="New password"
                title={`A new password for ${person.name}?`}
                consequence="The old one opens nothing any more, and wherever they are signed in they have to sign in again."
                verb="Make a new password"
                onConfirm={async () => {
                  const { password } = await call(newPassword, { params: { person: person.id } })
                  told({ name: person.name, email: person.email, password })
                }}
              />
              {person.disabledAt === null ? (
                <Confirm
                  label="Keep out"
                  title={`Keep ${person.name} out?`}
                  consequence="Their next request is refused, wherever they are signed in. What they did stays in the journal."
                  verb="Keep out"
                  disabledReason={person.self ? 'You cannot take your own rights away: another administrator can.' : null}
                  onConfirm={() => setDisabled(person, true)}
                />
              ) : (
                <Button onClick={() => void setDisabled(person, false)}>Let in</Button>
              )}
            </span>
          ),
        },
      ]}
    />
  )
}
