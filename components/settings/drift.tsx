'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChargerRules, getChargerRules, type Repaired, type RuledCharger, setRepair } from '#lib/api/configuration.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { KeyText } from '../ui/key-text.tsx'
import { Question } from '../ui/question.tsx'
import { useRepair } from '../ui/rules-query.ts'
import { ListState } from '../ui/setting-state.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'

/** Chargers that are not set as they should be, or whose list of cards is not up to date; and the way to put them right. */
export function Drift({ rules }: { rules: ChargerRules }) {
  const depot = useDepot()
  const repair = useRepair(depot.id)
  const href = useHref()
  const off = rules.chargers.filter(({ drift }) => drift.length > 0)
  const lists = rules.chargers.filter(({ list }) => list.state === 'failed' || list.state === 'waits')
  const rows = rules.chargers.filter((charger) => off.includes(charger) || lists.includes(charger))
  const told = new Map(repair.data?.chargers.map((one) => [one.chargerId, one]))
  return (
    <Question title="Are they set as they should be?">
      <p className="mt-1">{summary(rules, off.length, lists.length)}</p>
      <div className="my-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button
          disabledReason={off.length === 0 ? 'No charger differs.' : null}
          pending={repair.isPending}
          pendingText="Asking the chargers…"
          onClick={() => repair.mutate(undefined)}
        >
          Repair all
        </Button>
        <Automatic on={rules.repairAutomatically} />
      </div>
      {repair.error && (
        <p role="alert" className="text-critical-text text-label">
          {repair.error.message}
        </p>
      )}
      {rows.length > 0 && (
        <Table<RuledCharger>
          caption="Chargers that differ"
          rows={rows}
          rowKey={({ id }) => id}
          href={({ id }) => href(`/chargers/${id}`, { view: 'configuration' })}
          columns={[
            { name: 'Charger', header: true, cell: ({ name }) => <span className="whitespace-nowrap">{name}</span> },
            { name: 'Not as wanted', className: 'min-w-52', cell: (charger) => <Keys charger={charger} told={told.get(charger.id)} /> },
            { name: 'List of cards', cell: ({ list }) => <ListState list={list} /> },
            { name: 'About the list', wideOnly: true, cell: ({ list }) => list.words },
            { name: 'Model', wideOnly: true, cell: ({ model }) => model ?? '–' },
          ]}
        />
      )}
    </Question>
  )
}

function Keys({ charger: { drift }, told }: { charger: RuledCharger; told: Repaired | undefined }) {
  return (
    <>
      {drift.length === 0
        ? '–'
        : drift.map(({ key, words }, index) => (
            <span key={key} title={words}>
              {index > 0 && ', '}
              <KeyText text={key} />
            </span>
          ))}
      {told && <span className="block text-ink-2 text-note">{told.text}</span>}
    </>
  )
}

function Automatic({ on }: { on: boolean }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const set = useMutation({
    mutationFn: (to: boolean) => call(setRepair, { params: { depot: depot.id }, input: { on: to } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: [getChargerRules.path, depot.id] }),
  })
  return (
    <label className="flex min-h-(--target) items-center gap-2">
      <input
        type="checkbox"
        className="size-4 accent-ink"
        checked={set.isPending ? set.variables : on}
        onChange={({ target }) => set.mutate(target.checked)}
      />
      Repair by itself, once a day and when something here changes
      {set.error && (
        <span role="alert" className="text-critical-text text-label">
          {set.error.message}
        </span>
      )}
    </label>
  )
}

function summary({ chargers, tokens }: ChargerRules, off: number, lists: number): string {
  if (chargers.length === 0) return 'There is no charger yet.'
  const small = chargers.filter(({ list }) => list.state !== 'unsupported' && list.state !== 'off' && list.tokens < tokens).length
  return [
    off === 0 ? `${counted(chargers.length, 'charger')} as wanted` : `${off} of ${counted(chargers.length, 'charger')} differ`,
    ...(lists > 0 ? [`${counted(lists, 'list')} of cards not up to date`] : []),
    ...(small > 0 ? [`${small} have no room for all ${tokens} cards and hold the most recently used`] : []),
  ]
    .join('; ')
    .concat('.')
}
