import type { RecordedEvent } from '#lib/charging/event.ts'
import type { LiveEvent } from '#lib/live/event.ts'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Clock } from './clock.ts'
import type { Env } from './env.ts'
import type { Log } from './log.ts'
import type { Turns } from './planning/one-at-a-time.ts'
import type { Planner } from './planning/planner.ts'
import type { Database } from './store/database.ts'

/** What we ask of a charger, in our words; server/ocpp turns it into the protocol's. Ports by their number in the charger. */
export type ChargerCall =
  | { kind: 'remoteStart'; port: number; idTag: string }
  | { kind: 'remoteStop'; sessionId: number }
  /** The stored default of every transaction on this port. */
  | { kind: 'setFallback'; port: number; limitW: Watts }
  /** The plan for this session: absolute steps, the last one open-ended. */
  /** `phases`: of the port's, for a vehicle that uses fewer. */
  | { kind: 'setLimit'; port: number; sessionId: number; steps: { from: Instant; limitW: Watts }[]; phases?: 1 | 2 | 3 }
  | { kind: 'clearLimits'; port?: number }
  | { kind: 'compositeLimit'; port: number; durationS: number }
  | { kind: 'availability'; port: number; operative: boolean }
  | { kind: 'reset'; how: 'Soft' | 'Hard' }
  | { kind: 'trigger'; message: 'StatusNotification' | 'MeterValues' | 'BootNotification' | 'Heartbeat'; port?: number }
  | { kind: 'getConfiguration'; keys?: string[] }
  | { kind: 'changeConfiguration'; key: string; value: string }
  /** A message of the protocol as it is, for what has no word of ours. Who sends one that may raise power has asked the envelope before. */
  | { kind: 'message'; action: SendableAction; payload: Record<string, unknown> }

/**
 * `timeout`: the frame left and no answer came: it may be followed. `offline`: it never left; `why`: to a charger that is there. `lost`: it left and the socket died.
 * `superseded`: it never left since a newer one for the same port replaced it.
 */
export type ChargerAnswer =
  | { kind: 'accepted'; response: unknown; detail?: 'scheduled' | 'rebootRequired' }
  /** `callError`: with an error of the protocol instead of an answer. */
  | { kind: 'refused'; reason: string; response?: unknown; callError?: { code: string; description: string } }
  /** `response`: something came that cannot be read as an answer. */
  | { kind: 'timeout'; response?: unknown }
  | { kind: 'lost' }
  | { kind: 'offline'; why?: string }
  | { kind: 'superseded' }

export type CallOptions = {
  /** Stops and limits go before reads. Default by kind. */
  priority?: 'stop' | 'limit' | 'read'
  deadlineMs?: number
  /** Called in the moment the frame is written to the socket (t4, real time). */
  onSent?: () => void
}

/** Reaches a charger, wherever its socket is. */
export type Links = {
  call(chargerId: string, call: ChargerCall, options?: CallOptions): Promise<ChargerAnswer>
  online(chargerId: string): boolean
  /** As this charger addresses us, for what it shall fetch from here: `http://10.0.0.5:9220`. Undefined: it is not connected. */
  origin?(chargerId: string): string | undefined
  /** Closes the charger's socket (its key was changed, it was retired). */
  drop(chargerId: string): void
}

/** Tells viewers. In the gateway `publish` goes to the web process; in the web process it goes to the browsers. */
export type Feed = {
  publish(event: LiveEvent): void
  /** `watches`: the depots whose ports and supply the listener wants to see; default: all. */
  subscribe(listener: (event: LiveEvent) => void, watches?: (depotId: string) => boolean): () => void
  /** In the gateway: does anybody look at this depot's ports and supply? Views that nobody looks at are not made. */
  watched?(depotId: string): boolean
  /** In the web process: from when this resolves on a browser sees what happens in the depot, until the answer is called. */
  watch?(depotId: string): Promise<() => void>
}

/** What follows a commit: live views, replanning, command effects, disobedience. Listeners never throw into the recording of events. */
export type Recorded = {
  publish(events: RecordedEvent[]): void
  subscribe(listener: (events: RecordedEvent[]) => void): () => void
}

/** Asks for work that may be coalesced; returns at once. */
export type Wakes = {
  /** A plan for this depot soon; `cause` is said on the plan screen. */
  replan(depotId: string, cause: string): void
  /** Make this charger follow what is wanted. */
  reconcile(chargerId: string): void
  /** Viewers should see this port anew: first change at once, then at most one a second. */
  touched(portId: string): void
}

/** Everything a verb needs of the world: one per process, built in server/gateway.ts, server/web.ts or a test. */
export type Ctx = {
  env: Env
  clock: Clock
  log: Log
  db: Database
  links: Links
  feed: Feed
  recorded: Recorded
  wakes: Wakes
}

export type Runtime = Ctx & {
  role: 'gateway' | 'web' | 'tool'
  /** Web process: verbs that must run where the sockets are (server/gateway/verbs.ts), over the Unix socket. In the gateway: direct. */
  gateway: { call<Name extends string>(verb: Name, input: unknown): Promise<unknown> }
  /** Web process: a thread for previews. Plans in force are made in the gateway, by a planner of its own. */
  planner: Pick<Planner, 'plan'>
  /** Web process: who asks for many previews at once (what would help a vehicle) does so one after the other in each depot. */
  helping: Turns
}

const key = Symbol.for('yardwatt.runtime')
type Holder = { [key]?: Runtime }

/** Next's bundle and the custom server load modules twice: only globalThis is shared. */
export const setRuntime = (runtime: Runtime): void => {
  ;(globalThis as Holder)[key] = runtime
}

export const getRuntime = (): Runtime => {
  const runtime = (globalThis as Holder)[key]
  if (!runtime) throw new Error('no runtime: server/web.ts or server/gateway.ts sets it before the first request')
  return runtime
}
