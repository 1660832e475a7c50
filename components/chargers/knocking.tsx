'use client'
import { useState } from 'react'
import type { z } from 'zod'
import type { knockingRow } from '#lib/api/charger.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { Age } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { Table } from '../ui/table.tsx'

type Stranger = z.output<typeof knockingRow>
const SHOWN = 5

/** Chargers that tried to connect and were refused; one that is ours can be adopted. */
export function Knocking({ strangers, adopt }: { strangers: readonly Stranger[]; adopt: (identity: string) => void }) {
  const [all, setAll] = useState(false)
  if (strangers.length === 0) return null
  return (
    <Question title="Who knocks?" className="border-line border-b px-4 py-4 md:px-6">
      <p className="mb-2 max-w-prose text-ink-2">
        {counted(strangers.length, 'unknown charger')} tried to connect and {strangers.length === 1 ? 'was' : 'were'} refused. Adopt only
        what you have installed yourself.
      </p>
      <Table<Stranger>
        caption="Unknown chargers"
        rows={all ? strangers : strangers.slice(0, SHOWN)}
        rowKey={({ identity, address }) => `${identity} ${address}`}
        columns={[
          { name: 'Identity', header: true, cell: ({ identity }) => <span className="break-all">{identity}</span> },
          { name: 'From', wideOnly: true, cell: ({ address }) => address },
          { name: 'Refused because', cell: ({ reason }) => reason },
          { name: 'Times', numeric: true, wideOnly: true, cell: ({ times }) => times },
          { name: 'Last', className: 'whitespace-nowrap md:pl-4', cell: ({ lastAt }) => <Age at={lastAt} /> },
          {
            name: 'Adopt',
            hiddenName: true,
            numeric: true,
            cell: ({ identity }) => (
              <Button onClick={() => adopt(identity)} aria-label={`Adopt ${identity}`}>
                Adopt
              </Button>
            ),
          },
        ]}
      />
      {strangers.length > SHOWN && !all && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {strangers.length}
        </Button>
      )}
    </Question>
  )
}
