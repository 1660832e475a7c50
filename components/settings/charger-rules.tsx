'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getChargerRules, type ChargerRules as Rules, setOfflinePolicy } from '#lib/api/configuration.ts'
import { type OfflinePolicy, offlineKeys, offlinePolicies, offlineWords } from '#lib/ocpp/offline-policy.ts'
import { call } from '../ui/call.ts'
import { Choices } from '../ui/choices.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Question } from '../ui/question.tsx'
import { rulesOptions } from '../ui/rules-query.ts'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { say } from '../ui/toast.tsx'
import { DesiredSettings } from './desired-settings.tsx'
import { Drift } from './drift.tsx'

/** Rules for all chargers: who may charge without a connection, how they are to be set, and which are not. */
export function ChargerRules() {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(rulesOptions(depot.id))
  if (!data)
    return error ? (
      <ErrorState title="The rules for chargers cannot be shown" detail={error.message} retry={() => void refetch()} />
    ) : (
      <SkeletonLines lines={10} label="Loading the rules for chargers" />
    )
  return (
    <div className="flex flex-col gap-8">
      <OfflineRule rules={data} />
      <Drift rules={data} />
      <DesiredSettings rules={data} />
    </div>
  )
}

function OfflineRule({ rules }: { rules: Rules }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const choose = useMutation({
    mutationFn: (policy: OfflinePolicy) => call(setOfflinePolicy, { params: { depot: depot.id }, input: { policy } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: [getChargerRules.path, depot.id] })
      say('Every charger is told', { detail: 'One that is offline is told when it is back.' })
    },
  })
  const chosen = choose.isPending ? choose.variables : rules.offlinePolicy
  return (
    <Question title="Who may charge while a charger is offline?">
      <Choices
        name="offline-policy"
        legend="Who may charge while a charger is offline"
        choices={offlinePolicies.map((value) => ({ value, label: offlineWords[value].name, words: offlineWords[value].consequence }))}
        chosen={chosen}
        choose={choose.mutate}
        error={choose.error}
      />
      <details className="mt-2 max-w-2xl">
        <summary className="min-h-6 text-ink-2 text-label">What the chargers are set to for it</summary>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 font-mono text-note">
          {Object.entries(offlineKeys[chosen]).map(([key, value]) => (
            <div key={key} className="contents">
              <dt className="break-all">{key}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-1 text-ink-3 text-note">Of these a charger gets those that it knows.</p>
      </details>
    </Question>
  )
}
