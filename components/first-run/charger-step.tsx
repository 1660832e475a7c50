'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { addCharger, getChargers } from '#lib/api/charger.ts'
import { ButtonLink } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Facts } from '../ui/facts.tsx'
import { Field, Select } from '../ui/field.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { numberOf, StepForm, textOf } from './step-form.tsx'

type Added = { identity: string; secret: string; url: string }

/** A charger that has knocked is offered by its identity; its key is told once, then nobody can read it again. */
export function ChargerStep({ depotId }: { depotId: string }) {
  const [added, setAdded] = useState<Added | null>(null)
  const { data } = useQuery({
    queryKey: [getChargers.path, depotId],
    queryFn: ({ signal }) => call(getChargers, { params: { depot: depotId }, signal }),
    refetchInterval: added ? false : 5000,
  })
  if (added) return <KeyShown {...added} />
  if (!data) return <SkeletonLines label="Loading the depot" />
  const strangers = data.knocking.filter(({ charger }) => charger === null)
  const send = async (form: FormData) => {
    const identity = textOf(form, 'identity')
    const { key, url } = await call(addCharger, {
      params: { depot: depotId },
      input: {
        identity,
        name: textOf(form, 'name') || identity,
        nodeId: textOf(form, 'nodeId'),
        maxKw: numberOf(form, 'maxKw'),
        ports: numberOf(form, 'ports'),
        bay: textOf(form, 'bay'),
      },
    })
    setAdded({ identity, secret: key, url })
  }
  return (
    <StepForm title="The first charger" lead={knocksText(strangers.map(({ identity }) => identity))} submit="Add the charger" send={send}>
      {(errors) => (
        <>
          <Field
            label="Identity"
            name="identity"
            required
            autoFocus
            defaultValue={strangers[0]?.identity ?? ''}
            error={errors.identity}
            hint="As in the charger's own settings; the last part of its address."
          />
          <Field label="Name" name="name" error={errors.name} placeholder="Charger 1" />
          <Select
            label="Fed by"
            name="nodeId"
            options={data.nodes.map(({ id, name }) => ({ value: id, label: name }))}
            error={errors.nodeId}
          />
          <Field label="Highest power of a port, kW" name="maxKw" required inputMode="decimal" error={errors.maxKw} />
          <Field label="Ports" name="ports" required inputMode="numeric" defaultValue="1" error={errors.ports} />
          <Field label="Bay" name="bay" required defaultValue="01" error={errors.bay} />
        </>
      )}
    </StepForm>
  )
}

const knocksText = (identities: string[]): string =>
  identities.length === 0
    ? 'Enter what the charger calls itself. It may also knock first: point it here, and its identity appears.'
    : `Already knocking: ${identities.slice(0, 3).join(', ')}.`

function KeyShown({ identity, secret, url }: Added) {
  return (
    <section className="flex flex-col gap-4" aria-label="Settings for the charger">
      <h1 className="text-figure">Enter this in the charger</h1>
      <p className="text-ink-2">The key is shown now and never again. If it is lost, give the charger a new one.</p>
      <Facts
        facts={[
          ['Address', <code key="url">{url}</code>],
          ['Identity', <code key="identity">{identity}</code>],
          ['Password (key)', <code key="secret">{secret}</code>],
          ['Protocol', 'OCPP 1.6 JSON, security profile 1'],
        ]}
      />
      <ButtonLink href="/board" variant="primary" wide>
        Go to the board
      </ButtonLink>
    </section>
  )
}
