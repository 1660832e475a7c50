import { randomUUID } from 'node:crypto'
import { type Instant, plus } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import type { Fault, FaultName } from './faults.ts'
import type { Payload } from './frame.ts'
import type { Link } from './link.ts'
import type { Memory, PortMemory, Queued } from './memory.ts'
import type { Model } from './model.ts'

// The inside of a simulated charger: what every part of it may see and change.

export type Log = { debug: Say; info: Say; warn: Say }
type Say = (fields: Record<string, unknown>, text: string) => void
export const NO_LOG: Log = { debug: () => {}, info: () => {}, warn: () => {} }

/** Whatever hangs on the cable. Powers are on the grid's side. */
export type Load = {
  phases: 1 | 2 | 3
  /** What it would draw now if nothing limited it. 0 = full, or not wanting. */
  wantsW(): number
  /** How fast its power follows the pilot, W per second. */
  rampWPerS: number
  take(energyWh: number): void
  /** 0 … 1 */
  soc?(): number
}

export type Status =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted'

/** A tag that was shown or sent, waiting for a cable; or nothing. */
export type Armed = { idTag: string; until: Instant; profile?: Payload }

export type Port = {
  number: number
  status: Status
  /** What the central system was told last. */
  told?: Status
  load?: Load
  armed?: Armed
  /** True between showing a tag and the answer to Authorize. */
  authorising: boolean
  pilotAmps: number
  powerW: number
  /** The truth since the simulation began, whatever the register says. */
  deliveredWh: number
  sampleDueAt?: Instant
  /** The cable is still in after the end of a transaction. */
  finished: boolean
}

export type Down = 'SoftReset' | 'HardReset' | 'PowerLoss'

export type Station = {
  identity: string
  /** Told in the boot, and perhaps the name in its certificate. */
  serial: string
  /** As made; `model` is what the faults make of it. */
  madeAs: Model
  model: Model
  clock: Clock
  log: Log
  memory: Memory
  keepsMemory: boolean
  ports: Port[]
  link: Link
  faults: Map<FaultName, { fault: Fault; since: Instant; lastAt: Instant; registersWh: number[] }>
  power: 'on' | 'off'
  /** No network although there is power. */
  offline: boolean
  /** The HTTP status of the last refused handshake. */
  refusedWith?: number
  /** Why the last handshake failed without one. */
  failedWith?: string
  /** Handshakes that failed in a row. */
  failures: number
  /** The security profile before it was raised, until the new one has opened the door. */
  formerProfile?: string
  registration: 'none' | 'Pending' | 'Rejected' | 'Accepted'
  bootDueAt?: Instant
  /** When the power (or the firmware) comes back; undefined while it is on, or out until further notice. */
  wakesAt?: Instant
  wentDownBy?: Down
  /** BootNotification is owed: not after a mere reconnect. */
  owesBoot: boolean
  heartbeatDueAt?: Instant
  alignedDueAt?: Instant
  random: () => number
  /** The last simulated second that was lived, or is being lived. */
  at: Instant
  /** Inside a step: what happens belongs to that second, even when the steps are behind the clock. */
  isStepping: boolean
  /** How far the device's clock is off, ms. */
  skewMs: number
  /** What arrived of the firmware image. */
  image: Buffer
  /** An upload that runs, and the request it is for. */
  upload?: { requestId?: number; abort: AbortController }
  /** Set while a download runs. */
  download?: AbortController
  /** Groups of tags as they were told since the start. */
  groups: Map<string, string>
  pumping: boolean
  retryAt?: Instant
  /** A queued message was answered. */
  answered: (message: Queued, sent: Payload, answer: Payload) => void
  /** Wakes those who wait for something. */
  changed: () => void
}

/** The time the device believes it is. */
export const deviceNow = (station: Station): Instant => {
  // between two steps a driver or the network does something
  const sinceStep = station.isStepping ? 0 : Math.max(0, Math.min(999, station.clock.now() - station.at))
  let skewMs = station.skewMs + sinceStep
  for (const { fault } of station.faults.values()) skewMs += fault.skewMs?.(station.at) ?? 0
  return plus(station.at, Math.round(skewMs))
}

export const timestamp = (station: Station): string => {
  const text = new Date(deviceNow(station)).toISOString()
  return station.model.dialect.includes('noMilliseconds') ? text.replace(/\.\d{3}Z$/, 'Z') : text
}

export const setting = (station: Station, key: string): string => station.memory.configuration[key] ?? ''
export const isOn = (station: Station, key: string): boolean => setting(station, key).toLowerCase() === 'true'
export const count = (station: Station, key: string): number => Number(setting(station, key) || 0)

export const findPort = (station: Station, number: unknown): Port | undefined => station.ports.find((port) => port.number === number)
export const flash = (station: Station, port: Port): PortMemory => station.memory.ports[port.number - 1]!

/** Never repeated, not even after a reboot (OCPP-J §4.1.4: at most 36 characters). The retry of a message carries the same one. */
export const messageId = (): string => randomUUID()

/** In the place of a transaction's key: the message belongs to none. */
export const NO_TRANSACTION = 0

/** Ready to send more than BootNotification. */
export const isAccepted = (station: Station): boolean => station.link.isOpen() && station.registration === 'Accepted'

export const hasFault = (station: Station, is: (fault: Fault) => unknown): boolean =>
  [...station.faults.values()].some(({ fault }) => Boolean(is(fault)))
