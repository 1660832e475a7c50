'use client'
import { useQuery } from '@tanstack/react-query'
import type { SettingRow } from '#lib/api/configuration.ts'
import { counted } from '#lib/format/number.ts'
import { momentText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { KeyText } from '../ui/key-text.tsx'
import { Question } from '../ui/question.tsx'
import { rulesOptions, settingsOptions, useRepair } from '../ui/rules-query.ts'
import { FROM, ListState, SettingState } from '../ui/setting-state.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import type { ChargerView } from './charger-detail.tsx'

/** What is wanted of this charger’s configuration beside what it has, and its list of cards. */
export function WantedSettings({ charger }: { charger: ChargerView }) {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(settingsOptions(depot.id, charger.id))
  const repair = useRepair(depot.id)
  const off = data?.settings.filter(({ state }) => state !== 'same' && state !== 'notTold').length ?? 0
  const run = async () => {
    const told = await repair.mutateAsync(charger.id).catch((cause: Error) => sayProblem('Nothing was sent', cause.message))
    const one = told ? told.chargers[0] : undefined
    if (one?.outcome === 'done') say('It was told', { detail: one.text })
    else if (one) sayProblem('Not all could be set', one.text)
  }
  return (
    <Question title="Is it set as it should be?" className="border-line border-b px-4 py-4 md:px-6">
      {data ? (
        <>
          <div className="my-2 flex flex-wrap items-center gap-3">
            <Button
              disabledReason={charger.whyNot.reset}
              pending={repair.isPending}
              pendingText="Asking the charger…"
              onClick={() => void run()}
            >
              {off > 0 ? 'Read and repair' : 'Read and compare'}
            </Button>
            <span className="text-ink-2 text-label">
              {off === 0 ? 'All as wanted' : `${counted(off, 'setting')} not as wanted`}
              {data.readAt === null ? ', not read yet' : `, read ${momentText(data.readAt, depot.zone)}`}
            </span>
          </div>
          <Table<SettingRow>
            caption="Wanted settings"
            rows={data.settings}
            rowKey={({ key }) => key}
            empty={<p className="py-3 text-ink-2">Nothing is wanted of the keys that it has told.</p>}
            columns={[
              { name: 'Key', header: true, cell: ({ key }) => <KeyText text={key} /> },
              { name: 'State', cell: (setting) => <SettingState setting={setting} /> },
              { name: 'Wanted', className: 'max-w-72', cell: ({ wanted }) => <KeyText text={wanted} /> },
              {
                name: 'Has',
                className: 'max-w-72',
                cell: ({ has }) => (has === null ? <i className="text-ink-3">not told</i> : <KeyText text={has} />),
              },
              { name: 'Wanted by', wideOnly: true, cell: ({ from }) => FROM[from] },
            ]}
          />
          <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="text-ink-2 text-label">List of cards</span>
            <ListState list={data.list} />
            <span>{data.list.words}</span>
          </p>
        </>
      ) : error ? (
        <ErrorState title="What is wanted cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={6} label="Loading what is wanted" />
      )}
    </Question>
  )
}

/** How many settings of each charger are not as wanted, by its id. */
export function useDrift(): ReadonlyMap<string, number> {
  const depot = useDepot()
  const { data } = useQuery(rulesOptions(depot.id))
  return new Map(data?.chargers.map(({ id, drift }) => [id, drift.length]))
}
