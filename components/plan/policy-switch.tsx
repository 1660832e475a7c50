'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { setPolicy } from '#lib/api/depot.ts'
import { getPlan, type PlanView } from '#lib/api/plan.ts'
import { call } from '../ui/call.ts'
import { Segmented } from '../ui/segmented.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

type Policy = PlanView['policy']
const WORDS: Record<Policy, { label: string; detail: string }> = {
  readyFirst: { label: 'Ready first', detail: 'Vans are charged as early as the cap allows.' },
  cheapest: { label: 'Cheapest', detail: 'Vans wait for cheap hours as long as every departure is made.' },
  greenest: { label: 'Greenest', detail: 'Vans wait for the cleanest hours as long as every departure is made.' },
}

/** What the plan prefers among plans that make every departure. Shown at once, set back when the server refuses. */
export function PolicySwitch({ depot, policy }: { depot: string; policy: Policy }) {
  const cache = useQueryClient()
  const key = [getPlan.path, depot]
  const change = useMutation({
    mutationFn: ({ to }: { to: Policy; from: Policy }) => call(setPolicy, { params: { depot }, input: { policy: to } }),
    onError: (error) => sayProblem('The preference was not changed', error.message),
    onSuccess: (_, { to, from }) => {
      say(`${WORDS[to].label}: a new plan is made`, {
        detail: WORDS[to].detail,
        undo: () => change.mutate({ to: from, from: to }),
      })
      return cache.invalidateQueries({ queryKey: key })
    },
  })
  const shown = change.isPending ? change.variables.to : policy
  return (
    <Segmented<Policy>
      label="The plan prefers"
      segments={(['readyFirst', 'cheapest', 'greenest'] as const).map((value) => ({ value, label: WORDS[value].label }))}
      value={shown}
      onChange={(to) => to !== shown && change.mutate({ to, from: shown })}
    />
  )
}
