import { problem } from '#lib/api/problem.ts'
import { everyone, operators } from '#lib/auth/role.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import { personOf } from '#server/auth/who.ts'
import { answerError } from '#server/http/respond.ts'
import { admitted, refuseForeignDepot } from '#server/http/route.ts'
import { getRuntime } from '#server/runtime.ts'

const HEARTBEAT_MS = 15_000
/** A browser that reads this slowly is cut off: it connects again and asks anew. */
const MOST_UNREAD = 1000
const encoder = new TextEncoder()
/** A comment for proxies, an event for the screen, which says how old the last word is. */
const BEAT = ': still here\nevent: beat\ndata: 1\n\n'

/**
 * GET /api/live?depot=: what happens in a depot as server-sent events. Each event is a `LiveEvent` as JSON.
 * Rights are checked when the stream begins; it ends with the browser, and after an hour, so that rights are checked again.
 */
export async function liveDoor(request: Request): Promise<Response> {
  const ctx = getRuntime()
  try {
    const who = await admitted(ctx, { method: 'GET', roles: everyone }, request)
    const depotId = new URL(request.url).searchParams.get('depot')
    if (!depotId) throw problem('invalid', 'depot: name the depot.', { depot: 'Missing.' })
    refuseForeignDepot(who, depotId)
    // others learn that something changed, and ask for what they may see
    const whole = operators.includes(personOf(who).role)
    // before the first byte: the browser asks for everything when it comes, and must miss nothing after that
    const unwatch = (await ctx.feed.watch?.(depotId)) ?? (() => {})
    return new Response(eventsOf(ctx, depotId, whole, request.signal, unwatch), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // proxies such as nginx must not gather events
        'x-accel-buffering': 'no',
      },
    })
  } catch (error) {
    return answerError(ctx, error, 'GET /api/live')
  }
}

const MOST_MS = 3_600_000

function eventsOf(
  { feed }: Pick<ReturnType<typeof getRuntime>, 'feed'>,
  depotId: string,
  whole: boolean,
  signal: AbortSignal,
  unwatch: () => void,
): ReadableStream<Uint8Array> {
  let stop = () => {}
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let open = true
        const say = (bytes: Uint8Array) => {
          if (!open) return
          if ((controller.desiredSize ?? 0) < -MOST_UNREAD) end()
          else controller.enqueue(bytes)
        }
        const unsubscribe = feed.subscribe((event) => {
          if (event.kind === 'clock' || (event.depotId === depotId && (whole || event.kind === 'changed'))) say(bytesOf(event))
        })
        const heartbeat = setInterval(() => say(encoder.encode(BEAT)), HEARTBEAT_MS)
        const longest = setTimeout(() => end(), MOST_MS)
        stop = () => {
          open = false
          unsubscribe()
          unwatch()
          clearInterval(heartbeat)
          clearTimeout(longest)
          signal.removeEventListener('abort', end)
        }
        const end = () => {
          if (!open) return
          stop()
          controller.close()
        }
        signal.addEventListener('abort', end)
        if (signal.aborted) end()
        // the first bytes open the stream in the browser at once
        else say(encoder.encode('retry: 2000\n: open\n\n'))
      },
      cancel: () => stop(),
    },
    { highWaterMark: 0 },
  )
}

// a cache of pure results, not state: an event is written out once for all browsers, and forgotten with it
const written = new WeakMap<LiveEvent, Uint8Array>()
function bytesOf(event: LiveEvent): Uint8Array {
  let bytes = written.get(event)
  if (!bytes) {
    bytes = encoder.encode(`data: ${JSON.stringify(event)}\n\n`)
    written.set(event, bytes)
  }
  return bytes
}
