import type { LiveEvent } from '#lib/live/event.ts'

/** What a tab hears: an event, that the stream (re)opened, that it lives, or that it broke. */
export type Heard = { kind: 'event'; event: LiveEvent } | { kind: 'open' } | { kind: 'beat' } | { kind: 'lost' }

/**
 * Follows what happens in a depot. Browsers allow six connections to a server: where they can, the tabs of one browser share
 * one EventSource (who holds the lock opens it and tells the others). @returns ends it
 */
export function followDepot(depotId: string, hear: (heard: Heard) => void): () => void {
  const stop = new AbortController()
  const name = `yardwatt-live-${depotId}`
  if (!('locks' in navigator) || !('BroadcastChannel' in window)) {
    openStream(depotId, hear, stop.signal)
    return () => stop.abort()
  }
  const channel = new BroadcastChannel(name)
  channel.onmessage = ({ data }: MessageEvent<Heard>) => hear(data)
  navigator.locks
    .request(name, { signal: stop.signal }, () => {
      // given in the moment we left: nobody would end the promise below, and no tab would ever get the lock
      if (stop.signal.aborted) return
      const tell = (heard: Heard) => {
        hear(heard)
        channel.postMessage(heard)
      }
      openStream(depotId, tell, stop.signal)
      return new Promise<void>((done) => stop.signal.addEventListener('abort', () => done()))
    })
    .catch(() => {}) // another tab held it until we left
  return () => {
    stop.abort()
    channel.close()
  }
}

function openStream(depotId: string, hear: (heard: Heard) => void, signal: AbortSignal): void {
  if (signal.aborted) return
  const source = new EventSource(`/api/live?depot=${encodeURIComponent(depotId)}`)
  source.onopen = () => hear({ kind: 'open' })
  source.onmessage = ({ data }) => hear({ kind: 'event', event: JSON.parse(data as string) as LiveEvent })
  source.addEventListener('beat', () => hear({ kind: 'beat' }))
  source.onerror = () => {
    hear({ kind: 'lost' })
    // refused, or the server was away for good: the browser gives up, we do not
    if (source.readyState === EventSource.CLOSED && !signal.aborted) {
      source.close()
      setTimeout(() => openStream(depotId, hear, signal), RETRY_MS)
    }
  }
  signal.addEventListener('abort', () => source.close(), { once: true })
}

const RETRY_MS = 3000
