'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { setPolicy } from '#lib/api/depot.ts'
import { getPlan } from '#lib/api/plan.ts'
import { call } from '../ui/call.ts'
import { Choices } from '../ui/choices.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { say } from '../ui/toast.tsx'

const CHOICES = [
  {
    value: 'cheapest',
    label: 'Cheapest',
    words: 'Charge when energy is cheap and keep the month’s peak low. Every departure is still made.',
  },
  { value: 'readyFirst', label: 'Ready first', words: 'Charge as early as the limits allow: more spare time, at a higher price.' },
  {
    value: 'greenest',
    label: 'Greenest',
    words: 'Charge when the energy is cleanest. It needs carbon figures: import them on the page Tariff.',
  },
] as const

/** What the plan prefers among the plans that make every departure. */
export function Policy() {
  const depot = useDepot()
  const cache = useQueryClient()
  const key = [getPlan.path, depot.id]
  const {
    data: plan,
    error,
    refetch,
  } = useQuery({ queryKey: key, queryFn: ({ signal }) => call(getPlan, { params: { depot: depot.id }, signal }) })
  const choose = useMutation({
    mutationFn: (policy: (typeof CHOICES)[number]['value']) => call(setPolicy, { params: { depot: depot.id }, input: { policy } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: key })
      say('The plan is made again', { detail: 'Its new times are on the plan page in a moment.' })
    },
  })
  const chosen = choose.isPending ? choose.variables : plan?.policy
  return (
    <Question title="What does the plan prefer?">
      {plan ? (
        <Choices
          name="policy"
          legend="What the plan prefers"
          choices={CHOICES}
          chosen={chosen}
          choose={choose.mutate}
          error={choose.error}
        />
      ) : error ? (
        <ErrorState title="The policy cannot be shown" detail={error.message} retry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={2} label="Loading the policy" />
      )}
    </Question>
  )
}
