import { makePlugAndGo } from '../charging/plug-and-go.ts'
import { makeStopSweep } from '../charging/stop-all.ts'
import { makeChecks } from '../compatibility/checks.ts'
import { configurationHooks } from '../configuration/call-hooks.ts'
import { applyToAll } from '../configuration/repair.ts'
import { fileCalls } from '../files/after-call.ts'
import { makeCommands } from '../fleet/commands.ts'
import { makeTouch } from '../live/touch.ts'
import { makeDrawn } from '../planning/drawn.ts'
import { makeObedience } from '../planning/obedience.ts'
import { makeReconciler } from '../planning/reconcile.ts'
import { makeReplanner, type Planners } from '../planning/replanner.ts'
import { reservationHooks } from '../reservations/call-hooks.ts'
import { makeReservations } from '../reservations/reservations.ts'
import type { Ctx, Links, Wakes } from '../runtime.ts'
import { certificateHooks } from '../security/charger-certificates.ts'
import { type ChargerSite, findChargerSites } from '../store/charger-site.ts'
import { rulesOfDepot } from '../store/configuration.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { makeTogether } from '../store/together.ts'
import { tokenHooks } from '../tokens/call-hooks.ts'
import { makeLocalLists } from '../tokens/local-lists.ts'
import { followEvents } from './follow.ts'
import type { Gateway } from './gateway.ts'
import { type LeaveRoom, roomForAll } from './leave-room.ts'
import { makeRounds } from './rounds.ts'
import { makeFeed, makeRecorded } from './signals.ts'
import { makeTasks } from './tasks.ts'

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

const nobody: Links = { call: async () => ({ kind: 'offline' }), online: () => false, drop: () => {} }

/** The gateway process without its sockets: what follows a recorded event, the loops, and what verbs need. */
export async function compose({ planner, first, leaveRoom = roomForAll, ...world }: World): Promise<Composed> {
  let links = nobody
  const { clock, log, db } = world
  const feed = makeFeed(log)
  const recorded = makeRecorded(log)
  const chargers = new Map<string, ChargerSite>()
  const tasks = makeTasks(log)
  let connectionsChanged = () => {}

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
      void tasks.run(
        'making a charger follow',
        (async () => {
          const site = await chargerSite(chargerId)
          if (site && !tasks.closed()) await reconciler.soon(site.depotId)
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
  const sweepStopped = makeStopSweep(ctx)
  const lists = makeLocalLists(ctx)
  const checks = makeChecks()
  const reservations = makeReservations(ctx)

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
      void tasks.run('applying changed rules', work())
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
      await rounds.forDepots(async (depotId) => {
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
      rounds.start()
    },
    async idle() {
      // what ends may begin something else: quiet twice is quiet
      for (let quiet = 0; quiet < 2; quiet = tasks.any() ? 0 : quiet + 1) {
        await tasks.ended()
        await replanner.idle()
        await reconciler.idle()
        await commands.idle()
        await lists.idle()
      }
    },
    async close() {
      await checks.close()
      tasks.close()
      rounds.stop()
      replanner.close()
      reconciler.close()
      touch.close()
      obedience.close()
      lists.close()
      await tasks.ended()
      await replanner.idle()
      await reconciler.idle()
      await commands.idle()
    },
  }
  const rounds = makeRounds(composed, plugAndGo, tasks, leaveRoom)
  followEvents(
    ctx,
    {
      ...composed,
      touch,
      plugAndGo,
      portsOf: async (chargerId) => (await chargerSite(chargerId))?.portIds ?? [],
      connectionsChanged: () => connectionsChanged(),
    },
    tasks,
  )
  return composed
}
