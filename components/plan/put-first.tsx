'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getPlan, type PlanRow } from '#lib/api/plan.ts'
import { getHelp, setPriority } from '#lib/api/what-if.ts'
import { nearText } from '#lib/format/time.ts'
import { Button, type ButtonLook } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { say, sayProblem } from '../ui/toast.tsx'

/** One tap: before all others until it leaves; another ends it. */
export function PutFirst({ row, ...look }: { row: Pick<PlanRow, 'vehicleId' | 'name' | 'firstUntil'> } & ButtonLook) {
  const { id: depot, zone } = useDepot()
  const cache = useQueryClient()
  const now = useDepotNow(15_000)
  const put = useMutation({
    mutationFn: (first: boolean) => call(setPriority, { params: { depot, vehicle: row.vehicleId }, input: { first } }),
    onSuccess({ until }, first) {
      say(until === null ? `${row.name} is charged in its turn again` : `${row.name} goes first until ${nearText(until, now, zone)}`, {
        detail: 'A new plan is made.',
        undo: () => put.mutate(!first),
      })
      return Promise.all([getPlan.path, getHelp.path].map((path) => cache.invalidateQueries({ queryKey: [path, depot] })))
    },
    onError: (error) => sayProblem(`${row.name} was not put first`, error.message),
  })
  const isFirst = row.firstUntil !== null
  return (
    <Button {...look} pending={put.isPending} pendingText="Asking…" onClick={() => put.mutate(!isFirst)}>
      {isFirst ? 'End “first”' : 'Put it first'}
      <span className="sr-only">: {row.name}</span>
    </Button>
  )
}
