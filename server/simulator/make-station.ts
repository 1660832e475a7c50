import { instant } from '#lib/time/instant.ts'
import type { Clock } from '#server/clock.ts'
import { answerCall } from './answers.ts'
import { opened } from './boot.ts'
import { makeLink } from './link.ts'
import { completed, freshMemory, type Memory, type OwnCertificate } from './memory.ts'
import { LEVEL_2_80A, type Model } from './model.ts'
import { seeded } from './random.ts'
import { securityEvent } from './security-event.ts'
import { connectionFailed, wayOf } from './security-profile.ts'
import { count, hasFault, type Log, NO_LOG, type Station } from './station.ts'
import { answered } from './transaction.ts'

export type ChargerOptions = {
  /** The endpoint without the identity, such as `ws://127.0.0.1:9220/ocpp`. */
  url: string
  /** Where it connects with security profile 2 or 3, such as `wss://127.0.0.1:9221/ocpp`. */
  secureUrl?: string
  identity: string
  /** The identity unless said. */
  serial?: string
  /** 1 unless said: connects in the clear. 2 and 3 need `roots`, 3 its own certificate, too. */
  securityProfile?: 0 | 1 | 2 | 3
  /** Whom it trusts from the factory on, PEM. */
  roots?: string[]
  own?: OwnCertificate
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

function makeMemory(options: ChargerOptions, model: Model, ports: number): Memory {
  const { remembered, securityProfile, own, roots } = options
  if (remembered) {
    const memory = completed(remembered, model, ports)
    memory.password ??= options.password
    return memory
  }
  const memory = freshMemory(model, ports, options.password, options.registerWh)
  if (securityProfile !== undefined) memory.configuration.SecurityProfile = String(securityProfile)
  memory.roots.CentralSystemRootCertificate.push(...(roots ?? []))
  memory.own = own
  return memory
}

/** A station with its link, its flash and its ports; nothing happens yet. */
export function makeStation(options: ChargerOptions, changed: () => void): Station {
  const model = { ...LEVEL_2_80A, ...options.model }
  const ports = options.ports ?? 1
  const memory = makeMemory(options, model, ports)
  const random = seeded(options.seed ?? 1, options.identity)
  const link = makeLink({
    identity: options.identity,
    way: () => wayOf(station, { plain: options.url, secure: options.secureUrl }),
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
      if (statusCode === 401) securityEvent(station, 'FailedToAuthenticateAtCentralSystem')
      connectionFailed(station, String(statusCode))
      // a key changed over OCPP is remembered; where it no longer counts, the one it was delivered with may
      if (statusCode === 401 && options.remembered && options.password) memory.password = options.password
      station.log.warn({ charger: station.identity, statusCode }, `${station.identity} was refused with ${statusCode}`)
    },
    onFailed: (code) => {
      station.failedWith = code
      connectionFailed(station, code)
    },
    onCall: (action, payload) => answerCall(station, action, payload),
    repeats: () => hasFault(station, (fault) => fault.repeats),
    isDeaf: () => hasFault(station, (fault) => fault.deaf),
    isDead: () => hasFault(station, (fault) => fault.deaf === 'dead'),
    changed: () => changed(),
  })
  const station: Station = {
    identity: options.identity,
    serial: (options.serial ?? options.identity).slice(0, 25),
    madeAs: model,
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
    failures: 0,
    image: Buffer.alloc(0),
    groups: new Map(),
    pumping: false,
    answered: (message, sent, answer) => answered(station, message, sent, answer),
    changed,
  }
  return station
}
