import type { Instant } from '#lib/time/instant.ts'
import { swipe } from './authorise.ts'
import { type FaultName, setFault } from './faults.ts'
import type { Payload } from './frame.ts'
import { chargerLimit, type Limit } from './limit.ts'
import type { LoggedFrame, Outcome } from './link.ts'
import { type ChargerOptions, makeStation } from './make-station.ts'
import type { Transaction } from './memory.ts'
import { circumstances, portLimitNow } from './obeying.ts'
import { powerOff } from './power.ts'
import { deviceNow, findPort, flash, type Load, messageId, type Port, type Status } from './station.ts'
import { refreshStatus } from './status.ts'
import { step } from './step.ts'
import { everySecond } from './ticks.ts'
import { beginTransaction, endTransaction } from './transaction.ts'

export type { ChargerOptions } from './make-station.ts'
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
    /** As it was made; faults may bend it. */
    model: station.madeAs,
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
    /** Why the last handshake failed without a status: nobody there, or no trust. */
    failedWith: (): string | undefined => station.failedWith,
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
