import { isProblem } from '#lib/api/problem.ts'
import type { Ctx } from '../runtime.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Planner } from './planner.ts'
import { type PlanHooks, type PlanningRoom, type Replanned, replan, takeLate, tellFailure } from './replan.ts'
import { type Late, makeTiers } from './two-tiers.ts'

export type Replanner = {
  /**
   * A plan soon: at once, then at most one a second (of depot time; at least a tenth of a real one).
   * `routine`: nothing happened, so that no safe plan is made for it while the planner is at work.
   */
  wake(depotId: string, cause: string, options?: { routine?: boolean }): void
  /** A plan that begins after this call. */
  now(depotId: string, cause: string, hooks?: PlanHooks): Promise<Replanned>
  idle(): Promise<void>
  close(): void
}

const PAUSE_MS = 1000
const LEAST_PAUSE_MS = 100
const RETRY_MS = 5000

const allOf = (hooks: PlanHooks[]) => ({
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

/** The planner in its thread, and another thread for its first answers. */
export type Planners = { planner: Planner; first: Planner }

/** Coalesces what asks for plans; one plan at a time for a depot. */
export function makeReplanner(
  ctx: Ctx,
  { planner, first, ...rooms }: Planners & Omit<PlanningRoom, 'tiers' | 'safePlan'>,
  leaveRoom: () => Promise<void> = async () => {},
): Replanner {
  const pauseMs = Math.max(LEAST_PAUSE_MS, PAUSE_MS / ctx.clock.speed)
  const causes = new Map<string, Set<string>>()
  /** Depots that something happened in since their last plan. */
  const events = new Set<string>()
  /** What each depot's newest question was asked for, and what came of it after it was answered by a safe plan. */
  const asked = new Map<string, string>()
  const late = new Map<string, Late>()
  const hooked = new Map<string, PlanHooks[]>()
  const timers = new Map<string, { due: number; cancel: () => void }>()
  const begun = new Map<string, number>()
  let closed = false

  const tiers = makeTiers(planner, {
    arrived(depotId, came) {
      if (closed) return
      late.set(depotId, came)
      runs.run(depotId).catch(() => {})
    },
  })
  const room: PlanningRoom = { ...rooms, tiers, safePlan: (input) => first.plan(input) }

  const runs = oneAtATime<Replanned | undefined>(
    async (depotId) => {
      const came = late.get(depotId)
      late.delete(depotId)
      // what happened meanwhile is newer than what came
      if (came && !events.has(depotId)) return refine(depotId, came)
      timers.get(depotId)?.cancel()
      timers.delete(depotId)
      begun.set(depotId, ctx.clock.monotonic())
      const cause = [...(causes.get(depotId) ?? [])].join(', ') || 'asked'
      const hooks = hooked.get(depotId) ?? []
      const isEvent = events.delete(depotId)
      causes.delete(depotId)
      // what comes of the question that is with the planner is no older for a minute that went by
      if (!isEvent && tiers.busy(depotId)) return undefined
      hooked.delete(depotId)
      asked.set(depotId, cause)
      let untold = hooks.length > 0
      const all = allOf(hooks)
      const decided = async () => {
        untold = false
        await all.decided()
      }
      try {
        const done = await replan(ctx, room, depotId, { cause, isEvent }, { ...all, decided })
        if (done.failure) failed(depotId, done.failure)
        return done
      } catch (error) {
        // what happened has not been answered
        if (isEvent) events.add(depotId)
        throw error
      } finally {
        // the next plan is the one that they asked for
        if (untold) hooked.set(depotId, [...hooks.map(({ before: _, ...later }) => later), ...(hooked.get(depotId) ?? [])])
      }
    },
    (depotId, error) => failed(depotId, error),
  )

  /** A refined plan, or the planner's failure, that came after a safe plan was followed. */
  async function refine(depotId: string, { input, answer }: Late): Promise<Replanned | undefined> {
    if (closed) return undefined
    if (answer instanceof Error) {
      await tellFailure(ctx, depotId, answer)
      failed(depotId, answer)
    } else if (tiers.isNewest(depotId, input)) {
      const hooks = hooked.get(depotId) ?? []
      hooked.delete(depotId)
      return takeLate(ctx, room, depotId, { cause: asked.get(depotId) ?? 'asked', input, answer }, allOf(hooks))
    } else wake(depotId, asked.get(depotId) ?? 'asked', { routine: true })
    return undefined
  }

  function failed(depotId: string, error: unknown): void {
    if (closed || isProblem(error)) return
    ctx.log.error({ err: error, depotId }, 'no plan could be made; it is tried again')
    wake(depotId, 'after a failure', { routine: true, leastMs: RETRY_MS })
  }

  const add = (depotId: string, cause: string) => causes.set(depotId, (causes.get(depotId) ?? new Set()).add(cause))

  function wake(depotId: string, cause: string, { routine = false, leastMs = 0 }: { routine?: boolean; leastMs?: number } = {}): void {
    if (closed) return
    if (!routine) events.add(depotId)
    add(depotId, cause)
    const now = ctx.clock.monotonic()
    const due = Math.max(now + leastMs, (begun.get(depotId) ?? Number.NEGATIVE_INFINITY) + pauseMs)
    // what happens does not wait for what is tried again later
    const before = timers.get(depotId)
    if (before && before.due <= due) return
    before?.cancel()
    const cancel = ctx.clock.after(Math.max(0, due - now) * ctx.clock.speed, () => {
      void leaveRoom().then(() => {
        timers.delete(depotId)
        if (!closed) runs.run(depotId).catch(() => {})
      })
    })
    timers.set(depotId, { due, cancel })
  }

  return {
    wake,
    async now(depotId, cause, hooks) {
      events.add(depotId)
      add(depotId, cause)
      if (hooks) hooked.set(depotId, [...(hooked.get(depotId) ?? []), hooks])
      const done = await runs.run(depotId)
      if (!done) throw new Error('no plan is made any more: the gateway ends')
      return done
    },
    async idle() {
      do {
        await runs.idle()
        if (!closed) await tiers.idle()
      } while (runs.busy())
    },
    close() {
      closed = true
      for (const { cancel } of timers.values()) cancel()
    },
  }
}
