'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type AuthorityAct, actOnAuthority, getRoot, getSecurity, type Security } from '#lib/api/security.ts'
import { counted } from '#lib/format/number.ts'
import { dateText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import { Field } from '../ui/field.tsx'
import { useRole } from '../ui/me-query.ts'
import { Question } from '../ui/question.tsx'
import { CopyLine } from '../ui/shown-once.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { say } from '../ui/toast.tsx'

/** By what we prove to chargers who we are, and what we sign for them. */
export function Authority({ data }: { data: Security }) {
  const zone = useDepotZone()
  const cache = useQueryClient()
  const admin = useRole() === 'admin'
  const [shown, setShown] = useState(false)
  const act = useMutation({
    mutationFn: (asked: AuthorityAct) => call(actOnAuthority, { input: asked }),
    onSuccess: ({ detail }) => say('Done', { detail }),
    onSettled: () => void cache.invalidateQueries({ queryKey: [getSecurity.path] }),
  })
  const send = async (asked: AuthorityAct) => {
    await act.mutateAsync(asked)
  }
  const { server, roots, lacking, authority } = data
  const next = roots.find(({ state }) => state === 'next')
  const why = !admin
    ? 'Administrators only.'
    : authority === 'given'
      ? 'The authority was given (OCPP_CA_CERT): change it there.'
      : server?.from === 'files'
        ? 'The server certificate was given (OCPP_TLS_CERT): change it there.'
        : null
  return (
    <Question title="How do we prove who we are?">
      <div className="mt-1 grid gap-x-10 gap-y-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-3">
          {server ? (
            <Facts
              facts={[
                ['Server certificate', <Status key="s" kind={server.mark} word={server.word} />],
                ['It ends', dateText(server.endsAt, zone)],
                [
                  'It comes from',
                  server.from === 'files' ? 'files of the operator; read anew when they change' : 'our authority; renews itself',
                ],
                ['For', server.names || server.subject],
              ]}
            />
          ) : (
            <p className="text-ink-2">The gateway has not told its certificate yet.</p>
          )}
          <OperatorForm
            operator={data.operator}
            disabledReason={admin ? null : 'Administrators only.'}
            pending={act.isPending}
            send={send}
          />
          <div className="flex flex-col items-start gap-2">
            <Button onClick={() => setShown(!shown)} aria-expanded={shown}>
              {shown ? 'Hide our root' : 'Show our root'}
            </Button>
            {shown && <RootText />}
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Table<Security['roots'][number]>
            caption="Root certificates"
            rows={roots}
            rowKey={({ id }) => id}
            columns={[
              { name: 'Root', header: true, className: 'min-w-40', cell: ({ subject }) => subject },
              { name: 'State', cell: ({ mark, word }) => <Status kind={mark} word={word} /> },
              { name: 'Ends', className: 'whitespace-nowrap', cell: ({ endsAt }) => dateText(endsAt, zone) },
            ]}
          />
          <div className="flex flex-wrap gap-2">
            {next ? (
              <Confirm
                label="Change over to the next root"
                disabledReason={why}
                title="Change over to the next root?"
                consequence={
                  lacking.length > 0
                    ? `${counted(lacking.length, 'charger')} over TLS do not hold it yet and could not come back.`
                    : 'Every charger over TLS holds it.'
                }
                verb={lacking.length > 0 ? 'Change over all the same' : 'Change over'}
                onConfirm={() => send({ kind: 'useNextRoot', evenIfLacking: lacking.length > 0 })}
              />
            ) : (
              <Confirm
                label="Make the next root"
                disabledReason={why}
                title="Make the next root?"
                consequence="Chargers get it when they boot, or within the hour. The server certificate changes over to it when you say so."
                verb="Make it"
                onConfirm={() => send({ kind: 'newRoot' })}
              />
            )}
          </div>
          {lacking.length > 0 && (
            <Table<Security['lacking'][number]>
              caption="Chargers that lack the next root"
              rows={lacking}
              rowKey={({ chargerId }) => chargerId}
              columns={[
                { name: 'Lacks the next root', header: true, cell: ({ name }) => name },
                { name: 'Why', cell: ({ why: reason }) => reason },
              ]}
            />
          )}
        </div>
      </div>
    </Question>
  )
}

function OperatorForm({
  operator,
  disabledReason,
  pending,
  send,
}: {
  operator: string
  disabledReason: string | null
  pending: boolean
  send: (act: AuthorityAct) => Promise<void>
}) {
  const [name, setName] = useState(operator)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send({ kind: 'setOperator', operator: name.trim() }).catch(() => undefined)
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
      <Field
        label="Operator"
        value={name}
        onChange={({ target }) => setName(target.value)}
        maxLength={64}
        hint="The organisation that certificates of chargers name. Those that name another open nothing."
      />
      <Button
        type="submit"
        className="md:mt-5"
        pending={pending}
        disabledReason={disabledReason ?? (name.trim() === operator || name.trim() === '' ? 'Nothing is changed.' : null)}
      >
        Save
      </Button>
    </form>
  )
}

/** For the installation page of a charger. */
function RootText() {
  const { data } = useQuery({ queryKey: [getRoot.path], queryFn: ({ signal }) => call(getRoot, { signal }) })
  if (!data) return null
  return data.pem === null ? <p className="text-ink-2">There is none yet.</p> : <CopyLine label="Root certificate (PEM)" text={data.pem} />
}
