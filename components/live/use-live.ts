'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { getOverview } from '#lib/api/overview.ts'
import { LIVE_KEY, type LiveState } from '../ui/live-dot.tsx'
import { applyEvent } from './apply-event.ts'
import { makeGather } from './gather.ts'
import { followDepot, type Heard } from './live-stream.ts'

/** The server says something each 15 s: after this long without a word the screen is not live. */
const SILENT_MS = 40_000

/** Keeps the cache of a depot live, and says how the stream stands (`LIVE_KEY`). Once per page: `<LiveFeed/>` in the shell. */
export function useLive(depotId: string): void {
  const client = useQueryClient()
  useEffect(() => {
    const gather = makeGather(
      (key) => client.invalidateQueries({ queryKey: [key] }),
      (key) => key === getOverview.path,
    )
    let silence: ReturnType<typeof setTimeout> | undefined
    const stand = (state: LiveState['state']) =>
      client.setQueryData<LiveState>(LIVE_KEY, (before) => ({ state, at: state === 'live' ? Date.now() : (before?.at ?? null) }))
    const stop = followDepot(depotId, (heard: Heard) => {
      clearTimeout(silence)
      silence = setTimeout(() => stand('lost'), SILENT_MS)
      if (heard.kind === 'lost') return stand('lost')
      stand('live')
      if (heard.kind === 'event') gather.add(applyEvent(client, heard.event))
      // whatever happened while nobody listened
      if (heard.kind === 'open') void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== LIVE_KEY[0] })
    })
    return () => {
      stop()
      gather.stop()
      clearTimeout(silence)
    }
  }, [client, depotId])
}
