'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { setPolicy } from '#lib/api/depot.ts'
import { getPlan, type PlanView } from '#lib/api/plan.ts'
import { call } from '../ui/call.ts'
import { Segmented } from '../ui/segmented.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

type Policy = 'readyFirst' | 'cheapest'
const WORDS: Record<Policy, { label: string; detail: string }> = {
  readyFirst: { label: 'Ready first', detail: 'Vans are charged as early as the cap allows.' },
  cheapest: { label: 'Cheapest', detail: 'Vans wait for cheap hours as long as every departure is made.' },
}

/** What the plan prefers among plans that make every departure. Shown at once, set back when the server refuses. */
export function PolicySwitch({ depot, policy }: { depot: string; policy: PlanView['policy'] }) {
  const cache = useQueryClient()
  const key = [getPlan.path, depot]
  const change = useMutation({
    mutationFn: (to: Policy) => call(setPolicy, { params: { depot }, input: { policy: to } }),
    onError: (error) => sayProblem('The preference was not changed', error.message),
    onSuccess: (_, to) => {
      say(`${WORDS[to].label}: a new plan is made`, {
        detail: WORDS[to].detail,
        undo: () => change.mutate(to === 'cheapest' ? 'readyFirst' : 'cheapest'),
      })
      return cache.invalidateQueries({ queryKey: key })
    },
  })
  const shown: PlanView['policy'] = change.isPending ? change.variables : policy
  return (
    <Segmented<PlanView['policy']>
      label="The plan prefers"
      segments={[
        { value: 'readyFirst', label: WORDS.readyFirst.label },
        { value: 'cheapest', label: WORDS.cheapest.label },
      ]}
      value={shown}
      onChange={(to) => to !== 'greenest' && to !== shown && change.mutate(to)}
    />
  )
}
