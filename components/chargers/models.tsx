'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { ModelRow } from '#lib/api/compatibility.ts'
import { counted } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import { ButtonLink } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { modelsOptions } from './compatibility-query.ts'

/** Models of chargers in the depot: how well each follows, and its ways. */
export function Models() {
  const depot = useDepot()
  const href = useHref()
  const { data, error, refetch } = useQuery(modelsOptions(depot.id))
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Models" note={data && counted(data.models.length, 'model')}>
        <ButtonLink href={href('/chargers')}>All chargers</ButtonLink>
      </PageBar>
      <div className="px-4 py-4 md:px-6">
        {data ? (
          <List models={data.models} />
        ) : error ? (
          <ErrorState title="The models cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={6} label="Loading the models" />
        )}
      </div>
    </div>
  )
}

function List({ models }: { models: readonly ModelRow[] }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  return (
    <Question title="Which models follow what they are told?">
      <Table<ModelRow>
        caption="Models of chargers"
        className="mt-2"
        rows={models}
        rowKey={({ vendor, model }) => `${vendor} ${model}`}
        empty={<EmptyState title="No model yet">A charger tells its make and model when it connects for the first time.</EmptyState>}
        columns={[
          { name: 'Model', header: true, className: 'min-w-40', cell: ({ vendor, model }) => `${vendor} ${model}` },
          { name: 'Chargers', numeric: true, cell: ({ chargers }) => chargers },
          { name: 'Grade', className: 'whitespace-nowrap', cell: ({ grade }) => <Graded grade={grade} /> },
          { name: 'Its ways', className: 'min-w-56', cell: ({ quirks }) => quirks.join(' ') || '–' },
          { name: 'Firmware', className: 'min-w-24', cell: (row) => <Firmware {...row} /> },
          {
            name: 'Checked',
            className: 'whitespace-nowrap',
            cell: ({ checkedAt, checkedCharger }) => (
              <Checked at={checkedAt === null ? null : nearText(checkedAt, now, zone)} charger={checkedCharger} />
            ),
          },
        ]}
      />
    </Question>
  )
}

const Graded = ({ grade }: Pick<ModelRow, 'grade'>) =>
  grade ? <Status kind={grade.mark} word={grade.word} /> : <Status kind="off" word="Never checked" />

/** The firmware that was checked says nothing about another one. */
const Firmware = ({ firmwares, checkedFirmware }: ModelRow) => (
  <>
    {[...new Set(firmwares)].join(', ') || '–'}
    {checkedFirmware && firmwares.some((each) => each !== checkedFirmware) && (
      <span className="block text-ink-3 text-note">checked with {checkedFirmware}</span>
    )}
  </>
)

function Checked({ at, charger }: { at: string | null; charger: ModelRow['checkedCharger'] }) {
  const href = useHref()
  if (at === null) return '–'
  if (!charger) return at
  return (
    <Link
      href={href(`/chargers/${encodeURIComponent(charger.id)}`, { view: 'compatibility' })}
      className="underline underline-offset-[3px]"
    >
      {at}, {charger.name}
    </Link>
  )
}
