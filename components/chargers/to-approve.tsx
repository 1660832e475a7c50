'use client'
import type { ChargerRow } from '#lib/api/charger.ts'
import { setRegistration } from '#lib/api/provisioning.ts'
import { counted } from '#lib/format/number.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Age } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { Table } from '../ui/table.tsx'
import { say } from '../ui/toast.tsx'
import { useHref } from '../ui/use-href.ts'
import { DecideAll } from './decide-all.tsx'
import { useChargersChanged } from './provisioning-query.ts'

/** Chargers that are known and wait for a person: what they tell of themselves, and the decision. */
export function ToApprove({ chargers }: { chargers: readonly ChargerRow[] }) {
  const href = useHref()
  if (chargers.length === 0) return null
  return (
    <Question title="Who waits for approval?" className="border-line border-b px-4 py-4 md:px-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p className="max-w-prose text-ink-2">
          {counted(chargers.length, 'charger')} {chargers.length === 1 ? 'has' : 'have'} a key and may not charge yet: until then they are
          only asked what they are.
        </p>
        {chargers.length > 1 && <DecideAll chargers={chargers} />}
      </div>
      <Table<ChargerRow>
        caption="Chargers that wait for approval"
        className="max-h-96 overflow-y-auto"
        rows={chargers}
        rowKey={({ id }) => id}
        href={({ id }) => href(`/chargers/${id}`)}
        columns={[
          { name: 'Charger', header: true, cell: ({ name }) => name },
          { name: 'Identity', wideOnly: true, cell: ({ identity }) => <span className="break-all">{identity}</span> },
          {
            name: 'It says it is',
            cell: ({ vendor, model, serial }) =>
              [vendor, model, serial].filter(Boolean).join(' ') || <span className="text-ink-3">nothing yet</span>,
          },
          {
            name: 'Heard from',
            wideOnly: true,
            className: 'whitespace-nowrap',
            cell: ({ seenAt }) => (seenAt === null ? 'never' : <Age at={seenAt} />),
          },
          { name: 'Decide', hiddenName: true, numeric: true, cell: (charger) => <Decide charger={charger} /> },
        ]}
      />
    </Question>
  )
}

/** Approve or reject: each says what follows. */
export function Decide({ charger: { id, name } }: { charger: Pick<ChargerRow, 'id' | 'name'> }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const decide = (registration: 'accepted' | 'rejected') => async () => {
    const { detail } = await call(setRegistration, { params: { depot: depot.id, charger: id }, input: { registration } })
    await changed()
    say(`${name} is ${registration}`, { detail })
  }
  return (
    <span className="inline-flex gap-2">
      <Confirm
        label="Approve"
        title={`Approve ${name}?`}
        consequence="It is asked to register anew and may charge from then on. One that does not understand that waits until it asks again by itself."
        verb="Approve"
        onConfirm={decide('accepted')}
      />
      <Confirm
        label="Reject"
        title={`Reject ${name}?`}
        consequence="Its connection is closed. When it comes back it is told to wait, nothing it says is handled, and nothing is sent to it. It stays in the list and can be accepted later."
        verb="Reject"
        onConfirm={decide('rejected')}
      />
    </span>
  )
}
