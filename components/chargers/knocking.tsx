'use client'
import { useState } from 'react'
import type { z } from 'zod'
import type { knockingRow } from '#lib/api/charger.ts'
import { knockingText } from '#lib/charging/knocking-words.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Age } from '../ui/depot-clock.tsx'
import { Question } from '../ui/question.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'

type Knock = z.output<typeof knockingRow>
const SHOWN = 5

/** Who tried to connect and was refused: a stranger that is ours can be adopted; one that is registered is put right on its page. */
export function Knocking({ knocks, adopt }: { knocks: readonly Knock[]; adopt: (identity: string) => void }) {
  const href = useHref()
  const [all, setAll] = useState(false)
  if (knocks.length === 0) return null
  const ours = knocks.filter(({ charger }) => charger !== null).length
  return (
    <Question title="Who knocks?" className="border-line border-b px-4 py-4 md:px-6">
      <p className="mb-2 max-w-prose text-ink-2">{knockingText({ strangers: knocks.length - ours, ours })}</p>
      <Table<Knock>
        caption="Chargers that were refused"
        rows={all ? knocks : knocks.slice(0, SHOWN)}
        rowKey={({ identity, address }) => `${identity} ${address}`}
        columns={[
          { name: 'Identity', header: true, className: 'min-w-28 [overflow-wrap:anywhere]', cell: ({ identity }) => identity },
          { name: 'Charger', wideOnly: true, cell: ({ charger }) => charger?.name ?? <span className="text-ink-3">unknown</span> },
          { name: 'From', wideOnly: true, cell: ({ address }) => address },
          { name: 'Refused because', cell: ({ reason }) => reason },
          { name: 'Times', numeric: true, wideOnly: true, cell: ({ times }) => times },
          { name: 'Last', className: 'whitespace-nowrap md:pl-4', cell: ({ lastAt }) => <Age at={lastAt} /> },
          {
            name: 'Next step',
            hiddenName: true,
            numeric: true,
            cell: ({ identity, charger }) =>
              charger ? (
                <ButtonLink
                  href={href(`/chargers/${encodeURIComponent(charger.id)}`, { view: 'setup' })}
                  aria-label={`Open ${charger.name}`}
                >
                  Open
                </ButtonLink>
              ) : (
                <Button onClick={() => adopt(identity)} aria-label={`Adopt ${identity}`}>
                  Adopt
                </Button>
              ),
          },
        ]}
      />
      {knocks.length > SHOWN && !all && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          Show all {knocks.length}
        </Button>
      )}
    </Question>
  )
}
