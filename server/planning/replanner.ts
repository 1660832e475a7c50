import { isProblem } from '#lib/api/problem.ts'
import type { Ctx } from '../runtime.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { type PlanHooks, type PlanningRoom, type Replanned, replan } from './replan.ts'

export type Replanner = {
  /** A plan soon: at once, then at most one a second (of depot time; at least a tenth of a real one). */
  wake(depotId: string, cause: string): void
  /** A plan that begins after this call. */
  now(depotId: string, cause: string, hooks?: PlanHooks): Promise<Replanned>
  idle(): Promise<void>
  close(): void
}

const PAUSE_MS = 1000
const LEAST_PAUSE_MS = 100
const RETRY_MS = 5000

/** Coalesces what asks for plans; one plan at a time for a depot. */
export function makeReplanner(ctx: Ctx, room: PlanningRoom, leaveRoom: () => Promise<void> = async () => {}): Replanner {
  const pauseMs = Math.max(LEAST_PAUSE_MS, PAUSE_MS / ctx.clock.speed)
  const causes = new Map<string, Set<string>>()
  const hooked = new Map<string, PlanHooks[]>()
  const timers = new Map<string, () => void>()
  const begun = new Map<string, number>()
  let closed = false

  const runs = oneAtATime<Replanned>(
    async (depotId) => {
      timers.get(depotId)?.()
      timers.delete(depotId)
      begun.set(depotId, ctx.clock.monotonic())
      const cause = [...(causes.get(depotId) ?? [])].join(', ') || 'asked'
      const hooks = hooked.get(depotId) ?? []
      causes.delete(depotId)
      hooked.delete(depotId)
      return replan(ctx, room, depotId, cause, {
        async before() {
          for (const hook of hooks) await hook.before?.()
        },
        async decided() {
          for (const hook of hooks) await hook.decided?.()
        },
        async stored() {
          for (const hook of hooks) await hook.stored?.()
        },
      })
    },
    (depotId, error) => {
      if (closed || isProblem(error)) return
      ctx.log.error({ err: error, depotId }, 'no plan could be made; it is tried again')
      wake(depotId, 'after a failure', RETRY_MS)
    },
  )

  const add = (depotId: string, cause: string) => causes.set(depotId, (causes.get(depotId) ?? new Set()).add(cause))

  const wake = (depotId: string, cause: string, leastMs = 0) => {
    if (closed) return
    add(depotId, cause)
    if (timers.has(depotId)) return
    const due = (begun.get(depotId) ?? Number.NEGATIVE_INFINITY) + pauseMs - ctx.clock.monotonic()
    const timer = ctx.clock.after(Math.max(0, due, leastMs) * ctx.clock.speed, () => {
      void leaveRoom().then(() => {
        timers.delete(depotId)
        if (!closed) runs.run(depotId).catch(() => {})
      })
    })
    timers.set(depotId, timer)
  }

  return {
    wake: (depotId, cause) => wake(depotId, cause),
    now(depotId, cause, hooks) {
      add(depotId, cause)
      if (hooks) hooked.set(depotId, [...(hooked.get(depotId) ?? []), hooks])
      return runs.run(depotId)
    },
    async idle() {
      await runs.idle()
    },
    close() {
      closed = true
      for (const cancel of timers.values()) cancel()
    },
  }
}
