'use client'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { spanText } from '#lib/format/time.ts'
import { Status } from './status.tsx'

/** How the live stream stands; `at` is when this browser last heard from it (its own UTC ms), null before the first word. */
export type LiveState = { state: 'live' | 'connecting' | 'lost'; at: number | null }

/** Where the stream's reader keeps its state: `queryClient.setQueryData(LIVE_KEY, { state: 'live', at: Date.now() })`. */
export const LIVE_KEY = ['live-state'] as const

const WORDS = {
  live: { kind: 'normal', word: 'Live' },
  connecting: { kind: 'caution', word: 'Connecting' },
  lost: { kind: 'serious', word: 'Not live' },
} as const

/** Is the screen live, and how old is the last word of the server. */
export function LiveDot() {
  const { data } = useQuery<LiveState>({
    queryKey: LIVE_KEY,
    queryFn: () => ({ state: 'connecting', at: null }),
    enabled: false,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return <LiveWord state={data?.state ?? 'connecting'} at={data?.at ?? null} />
}

export function LiveWord({ state, at }: LiveState) {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [])
  const { kind, word } = WORDS[state]
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      {/* the change of state is announced; the age is not, it changes every second */}
      <span role="status" className="inline-flex">
        <Status kind={kind} word={word} />
      </span>
      {at !== null && now !== null && (
        <span className="hidden text-ink-3 text-label md:inline">· {spanText(Math.max(0, now - at))} ago</span>
      )}
    </span>
  )
}
