import type { Ctx } from '../runtime.ts'
import { depotsOfPorts } from '../store/charger-site.ts'
import { portViews, supplyView } from './views.ts'

export type Touch = {
  touched(portId: string): void
  /** The charger itself said something: not held back by what we told of the port a moment ago. */
  heard(portId: string): void
  close(): void
}

/** Changes that come together are read together. */
const GATHER_MS = 5
const EACH_MS = 1000

/**
 * Tells viewers of changed ports and of the supply of their depot: the first change of a thing at once, then at most once a second
 * (real time), the last change always. A depot that nobody looks at costs nothing: whoever comes asks for all of it.
 */
export function makeTouch(ctx: Pick<Ctx, 'db' | 'clock' | 'log' | 'feed'>): Touch {
  const depots = new Map<string, string>()
  const due = new Set<string>()
  const toldAt = new Map<string, number>()
  /** Of these the charger spoke; they wait only for the last time it did. */
  const heard = new Set<string>()
  const heardAt = new Map<string, number>()
  const lastAt = (key: string) => (heard.has(key) ? heardAt : toldAt).get(key) ?? Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let timerAt = 0
  let closed = false
  let telling = false

  /** What waits for its second must not make the first change of another thing wait: the earliest time counts. */
  const plan = (inMs: number) => {
    const at = ctx.clock.monotonic() + inMs
    if (closed || (timer && at >= timerAt)) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timer = undefined
      void tell()
    }, inMs)
    timer.unref()
  }

  async function tell(): Promise<void> {
    if (telling || closed) return
    telling = true
    try {
      const now = ctx.clock.monotonic()
      const ready = [...due].filter((key) => now - lastAt(key) >= EACH_MS)
      for (const key of ready) {
        due.delete(key)
        toldAt.set(key, now)
        if (heard.delete(key)) heardAt.set(key, now)
      }
      await publishPorts(ready.filter((key) => key.startsWith('port ')).map((key) => key.slice(5)))
      for (const key of ready) if (key.startsWith('supply ')) await publishSupply(key.slice(7))
    } catch (error) {
      if (!closed) ctx.log.error({ err: error }, 'viewers could not be told')
    } finally {
      telling = false
      const next = Math.min(...[...due].map((key) => lastAt(key) + EACH_MS - ctx.clock.monotonic()))
      if (due.size > 0) plan(Math.max(GATHER_MS, next))
    }
  }

  const isWatched = (depotId: string | undefined) => depotId !== undefined && (ctx.feed.watched?.(depotId) ?? true)

  async function publishPorts(portIds: string[]): Promise<void> {
    if (portIds.length === 0) return
    const unknown = portIds.filter((id) => !depots.has(id))
    if (unknown.length > 0) for (const [id, depotId] of await depotsOfPorts(ctx.db.prisma, unknown)) depots.set(id, depotId)
    const seen = portIds.filter((id) => isWatched(depots.get(id)))
    if (seen.length === 0) return
    for (const port of await portViews(ctx, seen)) {
      const depotId = depots.get(port.id)
      if (depotId === undefined) continue
      ctx.feed.publish({ kind: 'port', depotId, port })
      due.add(`supply ${depotId}`)
    }
  }

  async function publishSupply(depotId: string): Promise<void> {
    ctx.feed.publish({ kind: 'supply', depotId, supply: await supplyView(ctx, depotId) })
  }

  return {
    touched(portId) {
      due.add(`port ${portId}`)
      plan(GATHER_MS)
    },
    heard(portId) {
      due.add(`port ${portId}`)
      heard.add(`port ${portId}`)
      plan(GATHER_MS)
    },
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
