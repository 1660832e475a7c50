import type { ChargingEvent, RecordedEvent } from '#lib/charging/event.ts'
import type { ChargerAction } from '#lib/ocpp/actions16.ts'
import { type Arrival, type DeviceTime, deviceTime } from '#lib/ocpp/device-time.ts'
import type { Commit } from '../charging/record.ts'
import type { RecordCtx } from '../charging/recording.ts'
import type { StartMany } from '../charging/start-many.ts'
import type { StopMany } from '../charging/stop-many.ts'
import type { KnownCharger } from '../store/charger.ts'
import type { MessageRow } from '../store/meter.ts'

/** A validated CALL of a charger, with what is known of it. */
export type Heard<Payload> = {
  ctx: RecordCtx
  charger: KnownCharger
  payload: Payload
  arrival: Arrival
  /** What was straightened in the payload. */
  bent: string[]
  /** A line that asks a person to look; once per connection and kind. */
  review(kind: string, data: Record<string, unknown>): void
  /** The session of a transactionId of this charger on whatever port; undefined when it is not one of ours. */
  sessionOf(transactionId: number): Promise<{ id: number; port: number } | undefined>
  /** The same of those that were met before. */
  metBefore(transactionId: number): { id: number; port: number } | undefined
  /** The open session at a port. */
  openAt(port: number): number | undefined
  opened(port: number, session: number): void
  closed(session: number): void
  portId(port: number): Promise<string | undefined>
}

/** The same with what a handler may do about it. */
export type Said<Payload> = Heard<Payload> & {
  /** It has booted on this socket before. */
  booted: boolean
  /** The device's time of a text in the payload, read with this charger's clock offset. */
  time(text: string | undefined): DeviceTime
  /** Commits events of this charger; they are told after the answer left. */
  record(events: ChargingEvent[]): Promise<RecordedEvent[]>
}

/** What a message adds to the next commit: its readings or its sign of life. */
export type Gathered = { answer: Answer; event?: RecordedEvent }

export type Answer = Record<string, unknown>

/**
 * One message of OCPP 1.6. `recorded`: its events are committed in a transaction of their own. `batched`: what it adds goes into the next
 * commit of all chargers. Either way the answer leaves after the commit; only one that changes nothing (`noNews`) is answered at once, as long as
 * commits succeed. A handler never waits for a call to its own charger.
 */
export type Handler<Payload> =
  | { kind: 'recorded'; handle(said: Said<Payload>): Promise<Answer>; together?: Together<Payload> }
  | { kind: 'batched'; noNews?: true; gather(heard: Heard<Payload>): Gathered | Promise<Gathered> }

/**
 * What many chargers say alike may be recorded together, with its row of the raw log; undefined: nothing was recorded, and the handler's own
 * transaction decides.
 */
export type Together<Payload> = (
  said: Said<Payload>,
  message: MessageRow,
  many: { start: StartMany; stop: StopMany },
) => Promise<{ answer: Answer; commit: Commit } | undefined>

export const recorded = <Payload>(handle: (said: Said<Payload>) => Promise<Answer>, together?: Together<Payload>): Handler<Payload> => ({
  kind: 'recorded',
  handle,
  ...(together && { together }),
})

/** Payloads have passed the strict schema of their action, which is what makes this assertion true. */
export type Handlers = Record<ChargerAction, Handler<never>>

export const readTime =
  (arrival: Arrival) =>
  (text: string | undefined): DeviceTime =>
    text === undefined ? { at: arrival.receivedAt, live: arrival.receivedAt, late: false, flags: [] } : deviceTime(text, arrival)
