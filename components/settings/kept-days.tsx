'use client'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { getMessageDays, setMessageDays } from '#lib/api/message-log.ts'
import { getPlanDays, setPlanDays } from '#lib/api/plan.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Field } from '../ui/field.tsx'
import { useRole } from '../ui/me-query.ts'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'

/** What is kept for some days, and the words for it. */
type Kept = {
  read: typeof getMessageDays | typeof getPlanDays
  change: typeof setMessageDays | typeof setPlanDays
  least: number
  title: string
  what: string
  note: string
}
const MESSAGES: Kept = {
  read: getMessageDays,
  change: setMessageDays,
  least: 1,
  title: 'How long is kept what chargers say?',
  what: 'Messages',
  note: 'The raw log of both directions, as under a charger’s messages. Sessions, readings and the journal stay.',
}
const PLANS: Kept = {
  read: getPlanDays,
  change: setPlanDays,
  least: 2,
  title: 'How long are plans kept?',
  what: 'Plans',
  note: 'With all they were made of, so that each can be made again. Of those older than a day one an hour stays, and each that a charger was told something of.',
}

/** For how long the raw log of the chargers is kept; an administrator changes it. */
export const MessageDays = () => <KeptDays kept={MESSAGES} className="mb-6" />
/** For how long plans are kept; an administrator changes it. */
export const PlanDays = () => <KeptDays kept={PLANS} className="mt-8" />

const daysOptions = (depot: string, { read }: Kept) =>
  queryOptions({
    queryKey: [read.path, depot],
    queryFn: ({ signal }) => call(read, { params: { depot }, signal }),
  })

function KeptDays({ kept, className }: { kept: Kept; className: string }) {
  const depot = useDepot()
  const role = useRole()
  const { data } = useQuery(daysOptions(depot.id, kept))
  if (!data) return null
  return (
    <Question title={kept.title} className={className}>
      {role === 'admin' ? (
        <Change key={data.days} days={data.days} depot={depot.id} kept={kept} />
      ) : (
        <p className="text-ink-2">{`${kept.what} are kept for ${counted(data.days, 'day')}. An administrator changes it.`}</p>
      )}
    </Question>
  )
}

function Change({ days, depot, kept }: { days: number; depot: string; kept: Kept }) {
  const cache = useQueryClient()
  const [text, write] = useState(String(days))
  const wanted = kept.change.input?.safeParse({ depotId: depot, days: Number(text) })
  const change = useMutation({
    mutationFn: () => call(kept.change, { input: { depotId: depot, days: Number(text) } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: daysOptions(depot, kept).queryKey })
      say(`${kept.what} are kept for ${counted(Number(text), 'day')}`, { detail: 'Older ones are deleted within the hour.' })
    },
  })
  const why = Number(text) === days ? 'It is as it was.' : wanted?.success ? null : `From ${counted(kept.least, 'day')} to ten years.`
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why === null && !change.isPending) change.mutate()
  }
  return (
    <form onSubmit={submit} noValidate className="mt-2 flex flex-wrap items-end gap-3">
      <Field
        label="Days"
        type="number"
        min={kept.least}
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
      <p className="basis-full text-ink-2">{kept.note}</p>
    </form>
  )
}
