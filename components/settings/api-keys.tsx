'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { addApiKey, type apiKeyRow, getApiKeys, revokeApiKey } from '#lib/api/depot.ts'
import { type Scope, scopes } from '#lib/auth/role.ts'
import { ageText, dayText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Select } from '../ui/field.tsx'
import { useDepots } from '../ui/me-query.ts'
import { Question } from '../ui/question.tsx'
import { CopyLine } from '../ui/shown-once.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { say } from '../ui/toast.tsx'

type Key = z.output<typeof apiKeyRow>
const keysOptions = queryOptions({ queryKey: [getApiKeys.path], queryFn: ({ signal }) => call(getApiKeys, { signal }) })

const SCOPES: Record<Scope, string> = {
  'vehicles:write': 'tell the state and departure of vehicles',
  'commands:write': 'start, stop, limit and prioritise',
  read: 'read what became of commands',
  'chargers:read': 'read chargers, their messages and transactions',
  'chargers:write': 'add, change and retire chargers and give them keys',
  'calls:write': 'send any call to a charger, within the limits',
  'tokens:read': 'read cards and other tokens',
  'tokens:write': 'add and change cards and other tokens',
  'meters:write': 'tell what the building draws',
  'plan:read': 'read what is planned for each vehicle',
}

/** Which machines may reach in, and what they may do. */
export function ApiKeys() {
  const { data, error, refetch } = useQuery(keysOptions)
  const [adding, setAdding] = useState(false)
  const button = <Button onClick={() => setAdding(true)}>Add an API key</Button>
  return (
    <Question title="Which machines may reach in?">
      {data ? (
        data.keys.length === 0 ? (
          <EmptyState title="No API key yet" action={button}>
            Telematics and dispatch systems reach the API at /api/v1 with a key of their own. What they find there is in
            /api/v1/openapi.json.
          </EmptyState>
        ) : (
          <>
            <div className="my-2">{button}</div>
            <KeyTable keys={data.keys} />
          </>
        )
      ) : error ? (
        <ErrorState title="The API keys cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines label="Loading the API keys" />
      )}
      {adding && <AddKey close={() => setAdding(false)} />}
    </Question>
  )
}

function KeyTable({ keys }: { keys: readonly Key[] }) {
  const zone = useDepotZone()
  const depots = useDepots()
  const cache = useQueryClient()
  const revoke = async ({ id, name }: Key) => {
    await call(revokeApiKey, { params: { id } })
    await cache.invalidateQueries({ queryKey: keysOptions.queryKey })
    say(`${name} is revoked`, { detail: 'Its next request is refused.' })
  }
  return (
    <Table<Key>
      caption="API keys"
      rows={keys}
      rowKey={({ id }) => id}
      columns={[
        { name: 'Name', header: true, cell: ({ name }) => name },
        { name: 'Begins with', wideOnly: true, cell: ({ prefix }) => <code className="font-mono">{prefix}…</code> },
        {
          name: 'Reaches',
          wideOnly: true,
          className: 'whitespace-nowrap',
          cell: ({ depotId }) => (depotId === null ? 'every depot' : (depots.find(({ id }) => id === depotId)?.name ?? depotId)),
        },
        { name: 'May', className: 'min-w-40', cell: ({ scopes: own }) => own.map((scope) => SCOPES[scope]).join('; ') },
        { name: 'Made', wideOnly: true, className: 'whitespace-nowrap', cell: ({ createdAt }) => dayText(createdAt, zone) },
        {
          name: 'Last used',
          wideOnly: true,
          className: 'whitespace-nowrap',
          // keys live in real time, which is the browser's and not the demo's
          cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : ageText(lastUsedAt, Date.now())),
        },
        {
          name: 'State',
          cell: ({ revokedAt }) =>
            revokedAt === null ? <Status kind="normal" word="Valid" /> : <Status kind="off" word={`Revoked ${dayText(revokedAt, zone)}`} />,
        },
        {
          name: 'Revoke',
          hiddenName: true,
          numeric: true,
          cell: (key) =>
            key.revokedAt === null && (
              <Confirm
                label="Revoke"
                title={`Revoke ${key.name}?`}
                consequence="What uses it is refused from its next request on. This cannot be undone: it would need a new key."
                verb="Revoke the key"
                onConfirm={() => revoke(key)}
              />
            ),
        },
      ]}
    />
  )
}

function AddKey({ close }: { close: () => void }) {
  const cache = useQueryClient()
  const [name, setName] = useState('')
  const depots = useDepots()
  const [depotId, setDepot] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['vehicles:write', 'commands:write'])
  const add = useMutation({
    mutationFn: () => call(addApiKey, { input: { name: name.trim(), scopes: [...chosen], ...(depotId !== '' && { depotId }) } }),
    onSuccess: () => void cache.invalidateQueries({ queryKey: keysOptions.queryKey }),
  })
  const why = name.trim() === '' ? 'Say what will use it.' : chosen.length === 0 ? 'Choose what it may do.' : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!why && !add.isPending) add.mutate()
  }
  const made = add.data
  return (
    <Dialog
      open
      // the secret is not shown again: then only its button closes
      onOpenChange={(to) => !to && !made && close()}
      className="max-w-xl!"
      title={made ? `The key of ${made.key.name}` : 'Add an API key'}
      footer={
        made && (
          <Button variant="primary" onClick={close}>
            I have kept the key
          </Button>
        )
      }
    >
      {made ? (
        <>
          <p className="text-ink-2">It is shown this once and kept only as a hash. Send it as “Authorization: Bearer …”.</p>
          <CopyLine label="API key" text={made.secret} />
        </>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-3">
          <Field
            label="What will use it"
            value={name}
            onChange={({ target }) => setName(target.value)}
            maxLength={60}
            autoFocus
            hint="Such as: telematics of the vans."
          />
          <Select
            label="It reaches"
            value={depotId}
            onChange={({ target }) => setDepot(target.value)}
            options={[{ value: '', label: 'Every depot' }, ...depots.map(({ id, name: of }) => ({ value: id, label: of }))]}
            hint="Of other depots it finds nothing."
          />
          <fieldset className="flex flex-col">
            <legend className="text-ink-2 text-label">It may</legend>
            {scopes.map((scope) => (
              <label key={scope} className="flex min-h-(--target) items-center gap-2">
                <input
                  type="checkbox"
                  className="size-4 accent-ink"
                  checked={chosen.includes(scope)}
                  onChange={({ target }) => setChosen(target.checked ? [...chosen, scope] : chosen.filter((each) => each !== scope))}
                />
                {SCOPES[scope]} <code className="font-mono text-ink-3 text-note">{scope}</code>
              </label>
            ))}
          </fieldset>
          {add.error && (
            <p role="alert" className="text-critical-text text-label">
              {add.error.message}
            </p>
          )}
          <div className="mt-2 flex flex-wrap justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabledReason={why} pending={add.isPending} pendingText="Making the key…">
              Make the key
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
