'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { getMessageDays, setMessageDays } from '#lib/api/message-log.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Field } from '../ui/field.tsx'
import { useRole } from '../ui/me-query.ts'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'

const daysOptions = (depot: string) =>
  queryOptions({
    queryKey: [getMessageDays.path, depot],
    queryFn: ({ signal }) => call(getMessageDays, { params: { depot }, signal }),
  })

/** For how long the raw log of the chargers is kept; an administrator changes it. */
export function MessageDays() {
  const depot = useDepot()
  const role = useRole()
  const { data } = useQuery(daysOptions(depot.id))
  if (!data) return null
  return (
    <Question title="How long is kept what chargers say?" className="mb-6">
      {role === 'admin' ? (
        <Change key={data.days} days={data.days} depot={depot.id} />
      ) : (
        <p className="text-ink-2">{`Messages are kept for ${counted(data.days, 'day')}. An administrator changes it.`}</p>
      )}
    </Question>
  )
}

function Change({ days, depot }: { days: number; depot: string }) {
  const cache = useQueryClient()
  const [text, write] = useState(String(days))
  const wanted = setMessageDays.input?.safeParse({ depotId: depot, days: Number(text) })
  const change = useMutation({
    mutationFn: () => call(setMessageDays, { input: { depotId: depot, days: Number(text) } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: daysOptions(depot).queryKey })
      say(`Messages are kept for ${counted(Number(text), 'day')}`, { detail: 'Older ones are deleted within the hour.' })
    },
  })
  const why = Number(text) === days ? 'It is as it was.' : wanted?.success ? null : 'From one day to ten years.'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why === null && !change.isPending) change.mutate()
  }
  return (
    <form onSubmit={submit} noValidate className="mt-2 flex flex-wrap items-end gap-3">
      <Field
        label="Days"
        type="number"
        min={1}
        max={3650}
        step={1}
        value={text}
        className="w-28"
        error={change.error?.message ?? (wanted && !wanted.success ? wanted.error.issues[0]?.message : null)}
        onChange={({ target }) => write(target.value)}
      />
      <Button type="submit" disabledReason={why} pending={change.isPending} pendingText="Saving…">
        Change it
      </Button>
      <p className="basis-full text-ink-2">
        The raw log of both directions, as under a charger’s messages. Sessions, readings and the journal stay.
      </p>
    </form>
  )
}
