import { days, minutes, seconds } from '#lib/time/instant.ts'
import { startPricing } from '../billing/running-cost.ts'
import type { makePlugAndGo } from '../charging/plug-and-go.ts'
import { makeSettingsWatch } from '../configuration/watch-settings.ts'
import { learnPeak } from '../energy/learned-peak.ts'
import { recordDepartures } from '../fleet/record-departures.ts'
import { startClosingRequests } from '../kpi/close-requests.ts'
import { makeBaseLoadWatch } from '../planning/base-load-watch.ts'
import { makeOverCapWatch } from '../planning/over-cap-watch.ts'
import { thinPlans } from '../planning/replan.ts'
import { forgetMessages } from '../store/forget-messages.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { depotIds } from '../store/site.ts'
import type { Gateway } from './gateway.ts'
import type { LeaveRoom } from './leave-room.ts'
import type { Tasks } from './tasks.ts'

export type Rounds = {
  /** One depot after the other; many have their turns over `overMs` of real time. */
  forDepots(work: (depotId: string) => Promise<unknown> | undefined, overMs?: number): Promise<void>
  /** Minute by minute, and what is done once an hour. */
  start(): void
  stop(): void
}

const FEW_DEPOTS = 8
const MOST_PAUSE_MS = 2000

/** What the gateway does of itself, again and again. */
export function makeRounds(gateway: Gateway, plugAndGo: ReturnType<typeof makePlugAndGo>, tasks: Tasks, leaveRoom: LeaveRoom): Rounds {
  const { clock, db } = gateway
  const cancels: (() => void)[] = []
  const baseLoad = makeBaseLoadWatch(gateway)
  const overCap = makeOverCapWatch(gateway)
  const watchSettings = makeSettingsWatch()

  const forDepots: Rounds['forDepots'] = async (work, overMs = 0) => {
    const ids = await depotIds(db.prisma)
    // not all at once
    const pauseMs = ids.length > FEW_DEPOTS ? Math.min(overMs / ids.length, MOST_PAUSE_MS) : 0
    for (const depotId of ids) {
      if (tasks.closed()) return
      await leaveRoom()
      await work(depotId)
      if (pauseMs > 0) await new Promise((soon) => setTimeout(soon, pauseMs))
    }
  }

  function everyDepot(ms: number, leastRealMs: number, what: string, work: (depotId: string) => Promise<unknown>): void {
    let running = false
    const everyMs = Math.max(ms, leastRealMs * clock.speed)
    cancels.push(
      clock.every(everyMs, () => {
        if (running || tasks.closed()) return
        running = true
        void tasks.run(what, forDepots(work, (0.8 * everyMs) / clock.speed)).finally(() => {
          running = false
        })
      }),
    )
  }
  const every = (ms: number, what: string, work: () => Promise<unknown>) =>
    cancels.push(clock.every(ms, () => void tasks.run(what, work())))

  function start(): void {
    everyDepot(minutes(1), 250, 'the minute', async (depotId) => {
      gateway.replanner.wake(depotId, 'the minute', { routine: true })
      await recordDepartures(gateway, depotId)
      await plugAndGo.look(depotId)
      void tasks.run('reading configurations', watchSettings(gateway, depotId))
    })
    everyDepot(seconds(10), 250, 'looking after a depot', async (depotId) => {
      await baseLoad(depotId)
      await gateway.sweepStopped(depotId)
      await gateway.lists.depot(depotId)
      await gateway.reservations.look(depotId)
      await overCap(depotId)
    })
    every(Math.max(seconds(5), 100 * clock.speed), 'watching obedience', () => gateway.obedience.tick())
    every(minutes(60), 'forgetting old plans', () => forDepots((depotId) => thinPlans(gateway, depotId)))
    every(minutes(30), 'learning the peak', () => forDepots((depotId) => learnPeak(gateway, depotId)))
    every(minutes(60), 'making partitions', () => ensurePartitions(db.pool, clock.now(), { ahead: days(7) / days(1) }))
    every(minutes(60), 'forgetting messages', () => forgetMessages(db.pool, clock.now()))
    cancels.push(startPricing(gateway, leaveRoom), startClosingRequests(gateway, leaveRoom))
    const timer = setInterval(() => void tasks.run('ending commands', gateway.commands.tick()), 500)
    cancels.push(() => clearInterval(timer))
  }

  return {
    forDepots,
    start,
    stop() {
      for (const cancel of cancels) cancel()
    },
  }
}
