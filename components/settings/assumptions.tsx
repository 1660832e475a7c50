'use client'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type AssumptionsView, getAssumptions, setAssumptions } from '#lib/api/assumptions.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { EntryForm, numberOf } from '../ui/entry-form.tsx'
import { Field } from '../ui/field.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { say } from '../ui/toast.tsx'

const options = (depot: string) =>
  queryOptions({
    queryKey: [getAssumptions.path, depot],
    queryFn: ({ signal }) => call(getAssumptions, { params: { depot }, signal }),
  })

/** What the plan assumes of vehicles where nobody told it. */
export function Assumptions() {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(options(depot.id))
  const [round, again] = useState(0)
  return (
    <Question title="What is planned when nobody tells?" className="mt-8">
      {data ? (
        <Form key={`${round} ${JSON.stringify(data)}`} depot={depot.id} now={data} undo={() => again(round + 1)} />
      ) : error ? (
        <ErrorState title="The assumptions cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={3} label="Loading the assumptions" />
      )}
    </Question>
  )
}

const FIELDS = [
  { name: 'guestKwh', label: 'A vehicle that is not yours gets, kWh', hint: 'Usually 30. It is planned like a need: as room allows.' },
  { name: 'guestHours', label: '… and is taken to stay, hours', hint: 'Usually 8, from when it began.' },
  { name: 'socPct', label: 'A battery that never told its charge holds, %', hint: 'Usually 20: rather too much energy than too little.' },
  {
    name: 'noDutyHours',
    label: 'A van without a duty leaves in, hours',
    hint: 'Usually 24. Until then it is filled when energy is cheap.',
  },
] as const satisfies readonly { name: keyof AssumptionsView; label: string; hint: string }[]

function Form({ depot, now, undo }: { depot: string; now: AssumptionsView; undo: () => void }) {
  const cache = useQueryClient()
  return (
    <div className="mt-2 max-w-2xl">
      <EntryForm
        schema={setAssumptions.input!}
        read={(form) => Object.fromEntries(FIELDS.map(({ name }) => [name, numberOf(form, name)]))}
        submit="Save"
        cancelText="Undo"
        cancel={undo}
        send={async (input) => {
          await call(setAssumptions, { params: { depot }, input })
          await cache.invalidateQueries({ queryKey: options(depot).queryKey })
          say('The plan is made again', { detail: 'With what is assumed now.' })
        }}
      >
        {(wrong) => (
          <div className="grid items-start gap-3 md:grid-cols-2">
            {FIELDS.map(({ name, label, hint }) => (
              <Field
                key={name}
                name={name}
                label={label}
                inputMode="decimal"
                defaultValue={String(now[name])}
                hint={hint}
                error={wrong[name]}
                required
              />
            ))}
          </div>
        )}
      </EntryForm>
    </div>
  )
}
