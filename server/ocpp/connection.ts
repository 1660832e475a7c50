import type { WebSocket } from 'ws'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { type ChargerAction, isChargerAction } from '#lib/ocpp/actions16.ts'
import type { Arrival } from '#lib/ocpp/device-time.ts'
import type { Batch } from '../charging/batch.ts'
import { type Commit, commitEvents, tell } from '../charging/record.ts'
import type { RecordCtx } from '../charging/recording.ts'
import type { StartMany } from '../charging/start-many.ts'
import type { StopMany } from '../charging/stop-many.ts'
import type { CallOptions, ChargerAnswer, ChargerCall } from '../runtime.ts'
import type { KnownCharger } from '../store/charger.ts'
import type { MessageRow } from '../store/meter.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import { priorityOf, slotOf } from './call16.ts'
import { makeChronicle } from './chronicle.ts'
import type { Counts } from './counts.ts'
import { makeDeviceClock } from './device-clock.ts'
import { makeKnownSessions, type OpenBook } from './known-sessions.ts'
import { actions16 } from './messages16/actions.ts'
import { makeOutbox } from './outbox.ts'
import { makeOutgoing } from './outgoing.ts'
import { makeRegistrationGate, type Rejections } from './registration.ts'
import { createRPCError, type InboundCall, NOREPLY, type RpcClient } from './rpc.ts'
import { type Answer, type Gathered, type Handler, type Heard, readTime, type Said } from './said.ts'
import { makeTurns } from './turns.ts'
import { extrasIn, isSchemaError } from './validator16.ts'

export type ConnectionOptions = {
  /** A message counts as live, and its time as the device's clock, this long (real ms) after the socket opened. */
  liveAfterMs: number
  onBooted: (connection: Connection) => void
  onClosed: (connection: Connection, code: number) => void
  bentBy: (payload: object) => string[]
  rejections: Rejections
  counts: Counts
  many: { start: StartMany; stop: StopMany }
  openBook: OpenBook
  /** Commits events that the charger did not say itself: that it came and went. */
  commit: (chargerId: string, events: ChargingEvent[]) => Promise<Commit>
}

/** One socket of one charger: what it says goes in one by one, what we ask goes out one by one. */
export type Connection = {
  readonly charger: KnownCharger
  readonly address: string
  readonly booted: boolean
  call(call: ChargerCall, options?: CallOptions): Promise<ChargerAnswer>
  /** Records in turn with what comes in, not before `after`, and not if `unless` says so by then. */
  record(events: ChargingEvent[], after?: Promise<unknown>, unless?: () => boolean): Promise<void>
  close(code: number, reason: string): void
  /** Takes nothing more: what comes is not answered, and the charger keeps it. Resolves when what came before is done. */
  rest(): Promise<void>
  terminate(): void
}

const MOST_INBOUND = 500
/** For what gets no answer. */
const SILENCE = Promise.resolve(NOREPLY)
/** Of names that a charger made up: so many, of so many characters, are told. */
const MOST_NAMED = 50

export function openConnection(
  ctx: RecordCtx,
  client: RpcClient,
  socket: WebSocket,
  charger: KnownCharger,
  address: string,
  batch: Batch,
  options: ConnectionOptions,
): Connection {
  const outbox = makeOutbox(() => ctx.clock.monotonic())
  const chronicle = makeChronicle(ctx, charger, address, batch)
  const { row, log, review, takeJournal } = chronicle
  const known = makeKnownSessions(ctx, charger, options.openBook)
  const deviceClock = makeDeviceClock(ctx, charger, options.liveAfterMs, review)
  const gate = makeRegistrationGate(ctx, charger, options.rejections)
  const { counts } = options
  let open = true
  let resting = false
  let booted = false
  // messages wait for what is known to be open, handlers are registered all the same
  const turns = makeTurns()
  void turns.take(() => known.load().catch(lose))
  const line = { ctx, charger, review, ...known }

  client.handle((call) => {
    if (resting) return SILENCE
    if (turns.waiting() >= MOST_INBOUND) {
      review('flood', { inbound: turns.waiting() })
      log()
      close(1008, 'too many messages at once')
      return SILENCE
    }
    return turns.take(() => serve(call))
  }, failed)

  function serve(call: InboundCall): Promise<unknown> {
    try {
      return open ? served(call) : SILENCE
    } catch (error) {
      return Promise.reject(error)
    }
  }

  function served(call: InboundCall): Promise<unknown> {
    const { messageId, method, params } = call
    if (!isChargerAction(method)) {
      review('unexpectedAction', { action: method })
      log(row('in', 'bad', messageId, method, params, ['not for a charger to ask']))
      throw createRPCError('NotSupported', 'Only a central system asks this.')
    }
    const verdict = gate.verdict(method, params)
    if (verdict === 'refuse' || verdict === 'drop') return notAccepted(method, messageId, params, verdict)
    const extras = extrasIn(options.bentBy(params))
    if (extras.length > 0) refuseOrCount(method, extras)
    return answerTo(method, call, verdict === 'keep')
  }

  /** It is pending or rejected: this is not handled, and counted (server/ocpp/registration.ts). */
  function notAccepted(action: string, messageId: string, params: unknown, how: 'refuse' | 'drop') {
    counts.refused(charger.id)
    review('notAccepted', { action, registration: charger.registration })
    log(row('in', 'bad', messageId, action, params, [how === 'drop' ? 'asks again too soon' : `not accepted: ${charger.registration}`]))
    if (how === 'drop') return SILENCE
    throw createRPCError('SecurityError', 'The charge point is not accepted.')
  }

  /** Properties that the protocol does not know were left out; a charger that is not lenient is refused for them. */
  function refuseOrCount(action: string, extras: string[]) {
    const properties = extras.slice(0, MOST_NAMED).map((name) => name.slice(0, MOST_NAMED))
    review('extraProperties', { action, properties, taken: charger.lenient })
    if (charger.lenient) return counts.bent(charger.id)
    const words = `The message has no such field: ${properties.slice(0, 3).join(', ')}`
    throw createRPCError('PropertyConstraintViolation', words, { properties })
  }

  function answerTo(action: keyof typeof actions16, { messageId, params, text }: InboundCall, flagged: boolean): Promise<unknown> {
    const receivedAt = ctx.clock.now()
    const bent = options.bentBy(params)
    for (const each of bent) if (!each.startsWith('extraProperty')) review('charger.dialect', { action, bent: each })
    const arrival: Arrival = { receivedAt, offsetMs: deviceClock.offsetMs(), speed: ctx.clock.speed }
    deviceClock.hear(action, params, receivedAt)
    const heard = { ...line, payload: params, arrival, bent: flagged ? [...bent, 'chargerNotAccepted'] : bent }
    // the table's rows are keyed by action, and the payload has passed that action's schema
    const handler = actions16[action] as Handler<Record<string, unknown>>
    const asked = row('in', 'call', messageId, action, params, bent, bent.length === 0 ? text : undefined)
    if (handler.kind === 'recorded') return answerRecorded(handler, action, heard, asked, flagged)
    const gathered = handler.gather(heard)
    const noNews = handler.noNews ?? false
    return gathered instanceof Promise
      ? gathered.then((each) => answerBatched(each, asked, noNews))
      : answerBatched(gathered, asked, noNews)
  }

  /** The answer leaves with the commit, and stands in one row with the call. */
  function answerBatched({ answer, event }: Gathered, asked: MessageRow, noNews: boolean): Promise<unknown> {
    asked.answer = answer
    const stored = batch.add({ chargerId: charger.id, heardAt: asked.at, message: asked, journal: takeJournal(), event })
    if (!noNews || batch.behind()) return stored
    stored.catch((error: unknown) => failedLater(error, asked))
    return Promise.resolve(answer)
  }

  async function answerRecorded(
    handler: Extract<Handler<Record<string, unknown>>, { kind: 'recorded' }>,
    action: ChargerAction,
    heard: Heard<Record<string, unknown>>,
    asked: MessageRow,
    flagged: boolean,
  ): Promise<Answer> {
    const told: Commit = { events: [], fresh: [], causes: [] }
    const said = saidOf(heard, told)
    const together = flagged ? undefined : await handler.together?.(said, asked, options.many)
    if (together) {
      const journal = takeJournal()
      if (journal) await batch.add({ chargerId: charger.id, journal })
      setImmediate(() => tell(ctx, together.commit))
      return together.answer
    }
    const logged = batch.add({ chargerId: charger.id, heardAt: asked.at, message: asked })
    const [handled] = await Promise.all([handler.handle(said), logged])
    // recorded, since its energy may have flowed; but nobody charges at a charger that is not accepted
    const answer = flagged && action === 'StartTransaction' ? { ...handled, idTagInfo: { status: 'Invalid' } } : handled
    if (action === 'BootNotification') gate.answered()
    log(row('out', 'result', asked.message_id, action, answer))
    // after the answer has left: a profile for a session must not overtake its transactionId
    setImmediate(() => {
      tell(ctx, told)
      if (action === 'BootNotification') {
        const again = booted
        booted = true
        if (charger.registration === 'accepted' || !again) options.onBooted(connection)
      }
    })
    return answer
  }

  const saidOf = (heard: Heard<Record<string, unknown>>, told: Commit): Said<Record<string, unknown>> => ({
    ...heard,
    time: readTime(heard.arrival),
    booted,
    async record(events) {
      const commit = await commitEvents(ctx, charger.id, events)
      told.fresh.push(...commit.fresh)
      told.causes.push(...commit.causes)
      return commit.events
    },
  })

  /** Without a database nothing can be promised: no answer, no socket. The charger keeps the message and brings it again. */
  function lose(error: unknown) {
    if (open) {
      const err = error instanceof Error ? error.message : error
      ctx.log.warn({ charger: charger.id, err }, 'database away, charger sent off to come back')
    }
    terminate()
  }

  /** The answer has left. */
  function failedLater(error: unknown, { message_id: messageId, action }: MessageRow) {
    if (isDatabaseAway(error)) return lose(error)
    ctx.log.error({ charger: charger.id, action, messageId, err: error }, 'a message was answered and could not be kept')
  }

  function failed(error: unknown, messageId: string, action: string): unknown {
    // a refusal of ours
    if (isSchemaError(error)) throw error
    if (isDatabaseAway(error)) {
      lose(error)
      return NOREPLY
    }
    ctx.log.error({ charger: charger.id, action, messageId, err: error }, 'a message could not be handled')
    review('failed', { action, messageId })
    log(row('out', 'error', messageId, action, { code: 'InternalError' }))
    throw createRPCError('InternalError', '')
  }

  const sendOut = makeOutgoing(ctx, { client, charger, gate, offsetMs: deviceClock.offsetMs, isOpen: () => open })

  chronicle.follow(client)
  client.on('close', ({ code }) => {
    open = false
    outbox.close()
    options.onClosed(connection, code)
  })

  // by the socket itself: the library's close waits for handlers that may never settle (fault 7)
  function terminate() {
    open = false
    socket.terminate()
  }

  function close(code: number, reason: string) {
    open = false
    outbox.close()
    socket.close(code, reason)
    setTimeout(() => socket.terminate(), 1000).unref()
  }

  const connection: Connection = {
    charger,
    address,
    get booted() {
      return booted
    },
    call: (call, { priority = priorityOf(call), deadlineMs = 30_000, onSent } = {}) => {
      const slot = slotOf(call)
      return outbox.push({
        priority,
        deadlineMs,
        send: (timeoutMs) => sendOut(call, timeoutMs, onSent),
        ...(slot === undefined ? {} : { slot }),
      })
    },
    record(events, after = Promise.resolve(), unless = () => false) {
      return turns.take(async () => {
        await after
        if (!unless()) tell(ctx, await options.commit(charger.id, events))
      })
    },
    close,
    rest() {
      resting = true
      return turns.take(async () => {})
    },
    terminate,
  }
  return connection
}
