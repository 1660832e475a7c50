import { randomUUID } from 'node:crypto'
import { notFound, problem } from '#lib/api/problem.ts'
import { gradeOf, whyNotCheck } from '#lib/ocpp/compatibility16.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Ctx } from '../runtime.ts'
import { addCheck, type CheckState, checkedCharger, fallbackAnew, findCheck, runningChecks, saveCheck } from '../store/compatibility.ts'
import { writeJournal } from '../store/journal.ts'
import { CheckEnded, type Desk } from './desk.ts'
import { learn } from './learn.ts'
import { type CheckInput, makeDesk, runCheck } from './run-check.ts'

export type Checks = {
  /** Begins a check; what it finds is read with its id. @throws Problem not-found, conflict with the reason */
  start(gateway: Gateway, input: CheckInput): Promise<{ id: string }>
  /** @throws Problem not-found */
  cancel(gateway: Gateway, input: { depotId: string; chargerId: string; checkId: string; actor: string }): Promise<void>
  /** After a start of the gateway no check runs: those that did are broken, and their fallbacks are sent anew. */
  recover(ctx: Ctx): Promise<void>
  idle(): Promise<void>
  close(): Promise<void>
}

/** The compatibility checks that run in this process, one at a time per charger. */
export function makeChecks(): Checks {
  const running = new Map<string, { chargerId: string; abort: AbortController; done: Promise<void> }>()

  async function begin(gateway: Gateway, input: CheckInput): Promise<{ id: string }> {
    const { chargerId } = input
    const isRunning = [...running.values()].some((each) => each.chargerId === chargerId)
    const id = randomUUID()
    const entry = { chargerId, abort: new AbortController(), done: Promise.resolve() }
    // taken before the first wait: a second click finds it running
    running.set(id, entry)
    try {
      const desk = await prepared(gateway, id, input, entry.abort.signal, isRunning)
      entry.done = work(gateway, desk, id, input).finally(() => running.delete(id))
      return { id }
    } catch (error) {
      running.delete(id)
      throw error
    }
  }

  async function prepared(gateway: Gateway, id: string, input: CheckInput, signal: AbortSignal, isRunning: boolean): Promise<Desk> {
    const { depotId, chargerId, actor, mayRestart, mayUseVehicle } = input
    const charger = await checkedCharger(gateway.db.prisma, chargerId)
    if (charger?.depotId !== depotId) throw notFound('charger', chargerId)
    const reason = whyNotCheck({ online: gateway.links.online(chargerId), isRunning, registration: charger.registration })
    if (reason) throw problem('conflict', reason)
    const desk = await makeDesk(gateway, input, signal)
    if (!desk) throw problem('conflict', 'The charger has no ports.')
    const { vendor, model, firmware } = charger
    await addCheck(gateway.db.prisma, { id, depotId, chargerId, vendor, model, firmware, createdBy: actor, at: gateway.clock.now() })
    await say(gateway, input, 'charger.checkStarted', { checkId: id, mayRestart, mayUseVehicle })
    return desk
  }

  async function work(gateway: Gateway, desk: Desk, id: string, input: CheckInput): Promise<void> {
    const { vendor, model } = desk.charger
    try {
      const lines = await runCheck(desk, id)
      const grade = gradeOf(lines)
      const measured = await learn(gateway, { ...input, checkId: id, vendor, model }, lines, grade)
      await saveCheck(gateway.db.prisma, id, { state: 'done', grade, lines, measured, detail: null, endedAt: gateway.clock.now() })
      await say(gateway, input, 'charger.checked', { checkId: id, grade, vendor, model })
    } catch (error) {
      const ended = error instanceof CheckEnded ? error : undefined
      if (!ended) gateway.log.error({ err: error, chargerId: input.chargerId }, 'a compatibility check failed')
      await end(gateway, id, input, ended?.state ?? 'broken', ended?.message ?? 'It failed by a fault of the server.')
    } finally {
      gateway.feed.publish({ kind: 'changed', depotId: input.depotId, what: 'chargers', id: input.chargerId })
    }
  }

  return {
    start: begin,
    async cancel(gateway, { depotId, chargerId, checkId, actor }) {
      const check = await findCheck(gateway.db.prisma, checkId)
      if (check?.depotId !== depotId || check.chargerId !== chargerId) throw notFound('check', checkId)
      const entry = running.get(checkId)
      entry?.abort.abort()
      if (entry) await say(gateway, { depotId, chargerId, actor }, 'charger.checkCancelled', { checkId })
      await entry?.done
    },
    async recover(ctx) {
      for (const { id, depotId, chargerId } of await runningChecks(ctx.db.prisma)) {
        if (running.has(id)) continue
        await end(ctx, id, { depotId, chargerId, actor: 'system' }, 'broken', 'The gateway stopped while it ran.')
        ctx.wakes.reconcile(chargerId)
      }
    },
    async idle() {
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
    async close() {
      for (const { abort } of running.values()) abort.abort()
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}

type About = Pick<CheckInput, 'depotId' | 'chargerId' | 'actor'>

async function end(ctx: Ctx, id: string, about: About, state: CheckState, detail: string): Promise<void> {
  await saveCheck(ctx.db.prisma, id, { state, detail, endedAt: ctx.clock.now() })
  // whatever it left in the charger is written over by the next pass
  if (state === 'broken') await fallbackAnew(ctx.db.prisma, about.chargerId)
  if (state === 'broken') await say(ctx, about, 'charger.checkBroken', { checkId: id, detail })
}

const say = (ctx: Pick<Ctx, 'db' | 'clock'>, { depotId, chargerId, actor }: About, kind: string, data: object) =>
  writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor, kind, subject: `charger:${chargerId}`, data })
