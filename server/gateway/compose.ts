import type { RecordedEvent } from '#lib/charging/event.ts'
import { mayWipe } from '#lib/charging/firmware-progress.ts'
import { days, minutes, seconds } from '#lib/time/instant.ts'
import { startPricing } from '../billing/running-cost.ts'
import { makePlugAndGo } from '../charging/plug-and-go.ts'
import { makeStopSweep } from '../charging/stop-all.ts'
import { makeChecks } from '../compatibility/checks.ts'
import { configurationHooks } from '../configuration/call-hooks.ts'
import { applyToAll } from '../configuration/repair.ts'
import { makeSettingsWatch } from '../configuration/watch-settings.ts'
import { learnPeak } from '../energy/learned-peak.ts'
import { fileCalls } from '../files/after-call.ts'
import { makeCommands } from '../fleet/commands.ts'
import { makeSocEstimates } from '../fleet/estimate-soc.ts'
import { recordDepartures } from '../fleet/record-departures.ts'
import { startClosingRequests } from '../kpi/close-requests.ts'
import { makeTouch } from '../live/touch.ts'
import { makeBaseLoadWatch } from '../planning/base-load-watch.ts'
import { makeDrawn } from '../planning/drawn.ts'
import { makeObedience } from '../planning/obedience.ts'
import { makeReconciler } from '../planning/reconcile.ts'
import { thinPlans } from '../planning/replan.ts'
import { makeReplanner, type Planners } from '../planning/replanner.ts'
import { settleCuts } from '../planning/settle-cuts.ts'
import { reservationHooks } from '../reservations/call-hooks.ts'
import { makeReservations } from '../reservations/reservations.ts'
import type { Ctx, Links, Wakes } from '../runtime.ts'
import { certificateHooks } from '../security/charger-certificates.ts'
import { rulesOfDepot } from '../store/configuration.ts'
import { forgetMessages } from '../store/forget-messages.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { type ChargerSite, depotIds, depotsHeld, findChargerSites } from '../store/site.ts'
import { makeTogether } from '../store/together.ts'
import { tokenHooks } from '../tokens/call-hooks.ts'
import { makeLocalLists } from '../tokens/local-lists.ts'
import type { Gateway } from './gateway.ts'
import { makeGathering } from './gathering.ts'
import { type LeaveRoom, roomForAll } from './leave-room.ts'
import { makeFeed, makeRecorded } from './signals.ts'

/** `leaveRoom`: what nobody waits for is put off while there is much to answer. Default: never. */
export type World = Pick<Ctx, 'env' | 'clock' | 'log' | 'db'> & Planners & { leaveRoom?: LeaveRoom }
export type Composed = Gateway & {
  /** Gives the endpoint's way to the chargers; before it nobody is online. */
  useLinks(links: Links): void
  /** Starts the loops: first a plan for every depot, then minute by minute. */
  start(): Promise<void>
  /** Called when a charger's socket comes or goes. */
  onConnections(listener: () => void): void
  /** Until nothing is under way: tests. */
  idle(): Promise<void>
  close(): Promise<void>
}

const FEW_DEPOTS = 8
const MOST_PAUSE_MS = 2000

const nobody: Links = { call: async () => ({ kind: 'offline' }), online: () => false, drop: () => {} }

/** The gateway process without its sockets: what follows a recorded event, the loops, and what verbs need. */
export async function compose({ planner, first, leaveRoom = roomForAll, ...world }: World): Promise<Composed> {
  let links = nobody
  const { clock, log, db } = world
  const feed = makeFeed(log)
  const recorded = makeRecorded(log)
  const chargers = new Map<string, ChargerSite>()
  const tasks = new Set<Promise<unknown>>()
  const cancels: (() => void)[] = []
  let connectionsChanged = () => {}
  let closed = false

  const task = (what: string, work: Promise<unknown>): Promise<unknown> => {
    const done = work
      .catch((error) => {
        if (!closed) log.error({ err: error }, `${what} failed`)
      })
      .finally(() => tasks.delete(done))
    tasks.add(done)
    return done
  }
  const askSite = makeTogether(
    async (ids: string[]) => {
      const sites = await findChargerSites(db.prisma, ids)
      return ids.map((id) => sites.get(id))
    },
    { windowMs: 10 },
  )
  const chargerSite = async (chargerId: string) => {
    const site = chargers.get(chargerId) ?? (await askSite(chargerId))
    if (site) chargers.set(chargerId, site)
    return site
  }

  const wakes: Wakes = {
    replan: (depotId, cause) => replanner.wake(depotId, cause),
    reconcile: (chargerId) => {
      lists.reconcile(chargerId)
      void task(
        'making a charger follow',
        (async () => {
          const site = await chargerSite(chargerId)
          if (site && !closed) await reconciler.soon(site.depotId)
        })(),
      )
    },
    touched: (portId) => touch.touched(portId),
  }
  const ctx: Ctx = {
    ...world,
    feed,
    recorded,
    wakes,
    links: {
      call: (...args) => links.call(...args),
      online: (chargerId) => links.online(chargerId),
      origin: (chargerId) => links.origin?.(chargerId),
      drop: (chargerId) => links.drop(chargerId),
    },
  }
  const touch = makeTouch(ctx)
  const commands = await makeCommands(ctx)
  const reconciler = makeReconciler(ctx, commands.watcher, leaveRoom)
  const replanner = makeReplanner(ctx, { planner, first, reconciler, drawn: makeDrawn(ctx) }, leaveRoom)
  const obedience = makeObedience(ctx, reconciler)
  const plugAndGo = makePlugAndGo(ctx)
  const estimateSoc = makeSocEstimates(ctx)
  const sweepStopped = makeStopSweep(ctx)
  const baseLoad = makeBaseLoadWatch(ctx)
  const lists = makeLocalLists(ctx)
  const checks = makeChecks()
  const watchSettings = makeSettingsWatch()
  const reservations = makeReservations(ctx)

  const room = (what: string, kinds: RecordedEvent['kind'][], hears: (events: RecordedEvent[]) => Promise<unknown>) => ({
    what,
    kinds: new Set(kinds),
    hear: makeGathering(hears),
  })
  /** Rooms that ask the database about what they hear. */
  const rooms = [
    room('following reservations', ['connected', 'status'], reservations.recorded),
    room('watching obedience', ['metered', 'stopped'], obedience.recorded),
    room('settling cuts', ['metered'], (events) => settleCuts(ctx, events)),
    room('estimating states of charge', ['metered', 'stopped'], estimateSoc),
    room('stopping what may not start', ['started'], stopWhatMayNotStart),
  ]

  recorded.subscribe((events) => {
    commands.recorded(events)
    lists.recorded(events)
    plugAndGo.recorded(events)
    for (const { what, kinds, hear } of rooms) {
      const heard = events.filter(({ kind }) => kinds.has(kind))
      const work = heard.length > 0 ? hear(heard) : undefined
      if (work) void task(what, work)
    }
    for (const event of events) follow(event)
  })

  /** Whoever begins under a stop is told so; each depot waits for its own chargers. */
  async function stopWhatMayNotStart(events: RecordedEvent[]): Promise<void> {
    const depots = [...new Set(events.map(({ depotId }) => depotId))]
    for (const depotId of await depotsHeld(db.prisma, depots)) void task('stopping what may not start', sweepStopped(depotId))
  }

  function follow(event: RecordedEvent): void {
    if (event.portId !== undefined) touch.heard(event.portId)
    switch (event.kind) {
      case 'connected':
      case 'disconnected':
        connectionsChanged()
        task('showing a charger', showCharger(event.chargerId))
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'chargers', id: event.chargerId })
        if (event.kind === 'disconnected') wakes.replan(event.depotId, 'a charger went offline')
        break
      case 'booted':
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'chargers', id: event.chargerId })
        break
      case 'firmware':
        // the charger may have lost its limits
        if (event.moved !== undefined && mayWipe(event.moved)) wakes.reconcile(event.chargerId)
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'chargers', id: event.chargerId })
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'alerts' })
        break
      case 'logSent':
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'chargers', id: event.chargerId })
        break
      case 'started':
      case 'stopped':
        feed.publish({ kind: 'changed', depotId: event.depotId, what: 'sessions' })
        break
      default:
        break
    }
  }

  async function showCharger(chargerId: string): Promise<void> {
    for (const portId of (await chargerSite(chargerId))?.portIds ?? []) touch.touched(portId)
  }

  const forDepots = async (work: (depotId: string) => Promise<unknown> | undefined, overMs = 0) => {
    const ids = await depotIds(db.prisma)
    // many depots have their turns over the time that there is for them, not all at once
    const pauseMs = ids.length > FEW_DEPOTS ? Math.min(overMs / ids.length, MOST_PAUSE_MS) : 0
    for (const depotId of ids) {
      if (closed) return
      await leaveRoom()
      await work(depotId)
      if (pauseMs > 0) await new Promise((soon) => setTimeout(soon, pauseMs))
    }
  }
  const everyDepot = (ms: number, leastRealMs: number, what: string, work: (depotId: string) => Promise<unknown>) => {
    let running = false
    const everyMs = Math.max(ms, leastRealMs * clock.speed)
    cancels.push(
      clock.every(everyMs, () => {
        if (running || closed) return
        running = true
        void task(what, forDepots(work, (0.8 * everyMs) / clock.speed)).finally(() => {
          running = false
        })
      }),
    )
  }

  const composed: Composed = {
    ...ctx,
    reconciler,
    replanner,
    commands,
    obedience,
    sweepStopped,
    checks,
    lists,
    reservations,
    rulesChanged({ depotId, actor, all }) {
      const work = async () => {
        await lists.depot(depotId)
        if (all || (await rulesOfDepot(db.prisma, depotId))?.repairAutomatically) await applyToAll(composed, depotId, actor)
      }
      void task('applying changed rules', work())
    },
    afterCall: { ...fileCalls, ...certificateHooks, ...tokenHooks, ...reservationHooks, ...configurationHooks },
    security: undefined,
    goOn: (depotId) => plugAndGo.look(depotId, true),
    forgetCharger: (chargerId) => void chargers.delete(chargerId),
    useLinks(real) {
      links = real
    },
    onConnections(listener) {
      connectionsChanged = listener
    },
    async start() {
      await ensurePartitions(db.pool, clock.now())
      await checks.recover(ctx)
      await forDepots(async (depotId) => {
        const waiting = commands.unplanned(depotId)
        await replanner
          .now(depotId, 'the gateway started', {
            async decided() {
              for (const id of waiting) await commands.planned(id)
            },
            stored() {
              for (const id of waiting) commands.stored(id)
            },
          })
          .catch((error) => log.error({ err: error, depotId }, 'no first plan could be made'))
      })
      everyDepot(minutes(1), 250, 'the minute', async (depotId) => {
        replanner.wake(depotId, 'the minute', { routine: true })
        await recordDepartures(ctx, depotId)
        await plugAndGo.look(depotId)
        void task('reading configurations', watchSettings(composed, depotId))
      })
      everyDepot(seconds(10), 250, 'looking after a depot', async (depotId) => {
        await baseLoad(depotId)
        await sweepStopped(depotId)
        await lists.depot(depotId)
        await reservations.look(depotId)
      })
      cancels.push(clock.every(Math.max(seconds(5), 100 * clock.speed), () => void task('watching obedience', obedience.tick())))
      cancels.push(
        clock.every(
          minutes(60),
          () =>
            void task(
              'forgetting old plans',
              forDepots((depotId) => thinPlans(ctx, depotId)),
            ),
        ),
        clock.every(
          minutes(30),
          () =>
            void task(
              'learning the peak',
              forDepots((depotId) => learnPeak(ctx, depotId)),
            ),
        ),
        clock.every(
          minutes(60),
          () => void task('making partitions', ensurePartitions(db.pool, clock.now(), { ahead: days(7) / days(1) })),
        ),
        clock.every(minutes(60), () => void task('forgetting messages', forgetMessages(db.pool, clock.now()))),
      )
      cancels.push(startPricing(ctx, leaveRoom), startClosingRequests(ctx, leaveRoom))
      const timer = setInterval(() => void task('ending commands', commands.tick()), 500)
      cancels.push(() => clearInterval(timer))
    },
    async idle() {
      // what ends may begin something else: quiet twice is quiet
      for (let quiet = 0; quiet < 2; quiet = tasks.size > 0 ? 0 : quiet + 1) {
        await Promise.allSettled([...tasks])
        await replanner.idle()
        await reconciler.idle()
        await commands.idle()
        await lists.idle()
      }
    },
    async close() {
      await checks.close()
      closed = true
      for (const cancel of cancels) cancel()
      replanner.close()
      reconciler.close()
      touch.close()
      lists.close()
      await Promise.allSettled([...tasks])
      await replanner.idle()
      await reconciler.idle()
      await commands.idle()
    },
  }
  return composed
}
