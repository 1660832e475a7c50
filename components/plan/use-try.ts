'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useRef, useState } from 'react'
import { getPlan } from '#lib/api/plan.ts'
import { getHelp, tryWhatIf, type WhatIfInput, type WhatIfView } from '#lib/api/what-if.ts'
import { call } from '../ui/call.ts'
import { say, sayProblem } from '../ui/toast.tsx'
import { applyChange } from './apply-change.ts'

/** What can be tried by the form; the rest is tried from what would help a vehicle. */
export const TRIES = ['departure', 'limit', 'price', 'vehicles', 'first', 'policy'] as const
export type Try = (typeof TRIES)[number]
export type Trial = ReturnType<typeof useTry>

/** A change on trial: what is entered, its preview, and what of it was applied. Nothing of it is true before it is applied. */
export function useTry(depot: string) {
  const cache = useQueryClient()
  const [kind, setKind] = useQueryState('try', parseAsStringLiteral(TRIES))
  const [preview, setPreview] = useState<WhatIfView | null>(null)
  const [applied, setApplied] = useState<WhatIfView | null>(null)
  const [side, setSide] = useState<'preview' | 'inForce'>('preview')
  // what is answered when somebody has gone on to something else does not take its place
  const round = useRef(0)
  const goOn = () => {
    round.current += 1
    setPreview(null)
    setApplied(null)
  }
  const renew = () => Promise.all([getPlan.path, getHelp.path].map((path) => cache.invalidateQueries({ queryKey: [path, depot] })))

  const asking = useMutation({
    mutationFn: (input: WhatIfInput) => call(tryWhatIf, { params: { depot }, input }),
    onMutate: () => round.current,
    onSuccess(view, _, asked) {
      if (asked !== round.current) return
      setPreview(view)
      setApplied(null)
      setSide('preview')
    },
  })
  const changing = useMutation({
    mutationFn: ({ view, way }: { view: WhatIfView; way: 'apply' | 'undo' }) => applyChange(depot, view.apply!, way),
    onMutate: () => round.current,
    onSuccess(done, { view, way }, asked) {
      const now = { ...view, apply: done }
      if (way === 'undo') setApplied((shown) => (shown === view ? null : shown))
      else if (asked === round.current) {
        setPreview(null)
        setApplied(now)
      }
      say(way === 'apply' ? `${view.what}: applied` : 'Taken back', {
        detail: 'A new plan is made.',
        ...(way === 'apply' && { undo: () => changing.mutate({ view: now, way: 'undo' }) }),
      })
      return renew()
    },
    onError: (error, { way }) => sayProblem(way === 'apply' ? 'It was not applied' : 'It was not taken back', error.message),
  })
  return {
    kind,
    preview,
    applied,
    side,
    setSide,
    isOpen: kind !== null || preview !== null || applied !== null,
    open: (to: Try) => {
      goOn()
      void setKind(to)
    },
    /** Back to what is entered. */
    change: () => setPreview(null),
    close: () => {
      goOn()
      void setKind(null)
    },
    ask: (input: WhatIfInput) => asking.mutateAsync(input),
    /** Asked from a list, where nobody waits at a form: a refusal is said in a toast. */
    askFor: (input: WhatIfInput) => asking.mutate(input, { onError: (error) => sayProblem('This cannot be tried', error.message) }),
    isAsking: asking.isPending,
    apply: (view: WhatIfView) => changing.mutate({ view, way: 'apply' }),
    undo: (view: WhatIfView) => changing.mutate({ view, way: 'undo' }),
    isChanging: changing.isPending,
  }
}
