import { type Instant, instant } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import { answerCall } from './answers.ts'
import { swipe } from './authorise.ts'
import { opened } from './boot.ts'
import { type FaultName, setFault } from './faults.ts'
import type { Payload } from './frame.ts'
import { chargerLimit, type Limit } from './limit.ts'
import { type LoggedFrame, makeLink, type Outcome } from './link.ts'
import { freshMemory, type Memory, type Transaction } from './memory.ts'
import { LEVEL_2_80A, type Model } from './model.ts'
import { circumstances, portLimitNow } from './obeying.ts'
import { powerOff } from './power.ts'
import { seeded } from './random.ts'
import {
  count,
  deviceNow,
  findPort,
  flash,
  hasFault,
  type Load,
  type Log,
  messageId,
  NO_LOG,
  type Port,
  type Station,
  type Status,
} from './station.ts'
import { refreshStatus } from './status.ts'
import { step } from './step.ts'
import { everySecond } from './ticks.ts'
import { answered, beginTransaction, endTransaction } from './transaction.ts'

export type ChargerOptions = {
  /** The endpoint without the identity, such as `ws://127.0.0.1:9220/ocpp`. */
  url: string
  identity: string
  password?: string
  /** 1 unless said. */
  ports?: number
  /** What the meters show at the very first start, Wh. */
  registerWh?: number
  model?: Partial<Model>
  clock: Clock
  /** What the flash held when it was last switched off; see `memory`. */
  remembered?: Memory
  /** Does the flash survive a reboot? `keeps` unless said. */
  memory?: 'keeps' | 'loses'
  seed?: number
  log?: Log
  /** The depot calls `step` for all its chargers; otherwise the charger lives by the clock on its own. */
  driven?: boolean
  callTimeoutMs?: number
  backoffMs?: { min: number; max: number }
  /** How many frames `sent` and `received` keep each. */
  keepFrames?: number
}

export type Charger = ReturnType<typeof startCharger>

/** A 1.6J charge point that speaks over a real WebSocket. It does nothing before `connect()`. */
export function startCharger(options: ChargerOptions) {
  const waiters = new Set<() => void>()
  const station = makeStation(options, () => {
    for (const look of waiters) look()
  })
  const stopTicking = options.driven ? () => {} : everySecond(options.clock, (at) => step(station, at))
  const port = (number: number): Port => {
    const found = findPort(station, number)
    if (!found) throw new RangeError(`charger ${station.identity} has no port ${number}`)
    return found
  }

  return {
    identity: station.identity,
    model: station.model,
    /** The flash: plain JSON, alive. */
    memory: station.memory,
    sent: station.link.sent,
    received: station.link.received,

    connect: () => {
      if (!station.offline && station.power === 'on') station.link.connect()
    },
    /** Leaves for good. */
    close() {
      stopTicking()
      station.link.disconnect('politely')
    },
    /** One simulated second, for a `driven` charger. */
    step: (at: Instant) => step(station, at),

    /** A cable goes in. A tag shown before starts the transaction. */
    plug(load: Load, number = 1) {
      const at = port(number)
      at.load = load
      at.finished = false
      const { armed } = at
      if (armed) beginTransaction(station, at, armed.idTag, armed.profile)
      refreshStatus(station, at)
    },
    /** The cable comes out: the transaction ends, or waits suspended (StopTransactionOnEVSideDisconnect). */
    unplug(number = 1) {
      const at = port(number)
      at.load = undefined
      if (station.power === 'on' && station.memory.configuration.StopTransactionOnEVSideDisconnect !== 'false')
        endTransaction(station, at, 'EVDisconnected')
      Object.assign(at, { finished: false, powerW: 0, pilotAmps: 0 })
      refreshStatus(station, at)
    },
    /** A driver shows a tag; settles when it was allowed or refused. */
    swipe: (idTag: string, number = 1): Promise<void> => swipe(station, port(number), idTag),
    /** The charger's own reboot, as by its watchdog. */
    reboot: () => powerOff(station, 'HardReset', station.model.rebootS),

    fault: (name: FaultName, on = true) => setFault(station, name, on),
    faults: (): FaultName[] => [...station.faults.keys()],

    /** The HTTP status with which the last handshake was refused. */
    refusedWith: (): number | undefined => station.refusedWith,
    isConnected: () => station.link.isOpen(),
    registration: () => station.registration,
    status: (number = 1): Status => port(number).status,
    transaction: (number = 1): Transaction | undefined => flash(station, port(number)).transaction,
    /** The limit that the specification gives for this port now, whether the charger obeys or not. */
    limitW: (number = 1): number => portLimitNow(station, port(number)).powerW,
    limit: (number = 1): Limit => portLimitNow(station, port(number)),
    wholeLimitW: (): number => chargerLimit(circumstances(station), deviceNow(station)).powerW,
    pilotAmps: (number = 1): number => port(number).pilotAmps,
    /** Physical power, whatever the meter tells. */
    powerW: (number = 1): number => port(number).powerW,
    /** Physical energy since the simulation began. */
    meterWh: (number = 1): number => port(number).deliveredWh,
    isPlugged: (number = 1): boolean => port(number).load !== undefined,

    /** Sends any CALL and tells how it ended. */
    call: (action: string, payload: Payload): Promise<Outcome> => station.link.call(messageId(), action, payload),
    /** Puts a text on the wire as it is. */
    raw: (text: string) => station.link.raw(text),

    /** The CALLs of one action that were sent, oldest first. */
    sentCalls: (action: string): LoggedFrame[] => station.link.sent.filter((f) => f.kind === 'call' && f.action === action),
    receivedCalls: (action: string): LoggedFrame[] => station.link.received.filter((f) => f.kind === 'call' && f.action === action),

    /** Waits until something is so; looks after every frame and every simulated second. `withinMs` is real time. */
    waitFor(is: () => unknown, says = 'it', withinMs = 10_000): Promise<void> {
      return new Promise((resolve, reject) => {
        const done = (finish: () => void) => {
          clearTimeout(deadline)
          waiters.delete(look)
          finish()
        }
        const look = () => is() && done(resolve)
        const deadline = setTimeout(() => done(() => reject(new Error(`${station.identity}: waited ${withinMs} ms for ${says}`))), withinMs)
        waiters.add(look)
        look()
      })
    },
  }
}

function makeStation(options: ChargerOptions, changed: () => void): Station {
  const model = { ...LEVEL_2_80A, ...options.model }
  const ports = options.ports ?? 1
  const memory = options.remembered ?? freshMemory(model, ports, options.password, options.registerWh)
  memory.password ??= options.password
  const random = seeded(options.seed ?? 1, options.identity)
  const link = makeLink({
    url: options.url,
    identity: options.identity,
    password: () => memory.password,
    now: () => options.clock.now(),
    callTimeoutMs: options.callTimeoutMs ?? 30_000,
    backoffMs: options.backoffMs ?? { min: 500, max: 30_000 },
    pingMs: () => count(station, 'WebSocketPingInterval') * 1000,
    keepFrames: options.keepFrames ?? 1_000,
    random,
    onOpen: () => void opened(station),
    onClose: (reason) => {
      station.registration = 'none'
      station.log.debug({ charger: station.identity }, `simulated charger ${station.identity}: ${reason}`)
    },
    onRefused: (statusCode) => {
      station.refusedWith = statusCode
      // a key changed over OCPP is remembered; where it no longer counts, the one it was delivered with may
      if (statusCode === 401 && options.remembered && options.password) memory.password = options.password
      station.log.warn({ charger: station.identity, statusCode }, `${station.identity} was refused with ${statusCode}`)
    },
    onCall: (action, payload) => answerCall(station, action, payload),
    repeats: () => hasFault(station, (fault) => fault.repeats),
    isDeaf: () => hasFault(station, (fault) => fault.deaf),
    isDead: () => hasFault(station, (fault) => fault.deaf === 'dead'),
    changed: () => changed(),
  })
  const station: Station = {
    identity: options.identity,
    model,
    clock: options.clock,
    log: options.log ?? NO_LOG,
    memory,
    keepsMemory: options.memory !== 'loses',
    ports: memory.ports.map(({ transaction }, i) => ({
      number: i + 1,
      status: 'Available',
      // a remembered transaction is sampled from the first second on
      sampleDueAt: transaction && options.clock.now(),
      authorising: false,
      pilotAmps: 0,
      powerW: 0,
      deliveredWh: 0,
      finished: false,
    })),
    link,
    faults: new Map(),
    power: 'on',
    offline: false,
    registration: 'none',
    owesBoot: true,
    random,
    at: instant(Math.floor(options.clock.now() / 1000) * 1000),
    isStepping: false,
    skewMs: 0,
    pumping: false,
    answered: (message, sent, answer) => answered(station, message, sent, answer),
    changed,
  }
  return station
}
