'use client'
import { useEffect, useState } from 'react'
import { spanText } from '#lib/format/time.ts'
import { Status } from '../ui/status.tsx'

export type LiveState = 'live' | 'connecting' | 'lost'
const WORDS = {
  live: { kind: 'normal', word: 'Live' },
  connecting: { kind: 'caution', word: 'Connecting' },
  lost: { kind: 'serious', word: 'Not live' },
} as const

/** Is the screen live, and how old is the last word of the server: `at` in real UTC ms of this browser, null before the first. */
export function LiveDot({ state, at }: { state: LiveState; at: number | null }) {
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
