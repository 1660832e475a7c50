import type { WebSocket } from 'ws'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { isChargerAction } from '#lib/ocpp/actions16.ts'
import { type Arrival, offsetShown, skewThreshold } from '#lib/ocpp/device-time.ts'
import { iso } from '#lib/time/instant.ts'
import type { Batch } from '../charging/batch.ts'
import { type Commit, commitEvents, tell } from '../charging/record.ts'
import type { RecordCtx } from '../charging/recording.ts'
import type { CallOptions, ChargerAnswer, ChargerCall } from '../runtime.ts'
import { type KnownCharger, saveClockOffset } from '../store/charger.ts'
import type { BatchJournalRow, MessageRow } from '../store/meter.ts'
import { findPort } from '../store/port.ts'
import { findSessionOfCharger, openSessions } from '../store/session.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import { answer16, call16, priorityOf, slotOf } from './call16.ts'
import { actions16 } from './messages16/actions.ts'
import { makeOutbox } from './outbox.ts'
import { createRPCError, type InboundCall, NOREPLY, type RpcClient, TimeoutError } from './rpc.ts'
import { type Answer, type Handler, readTime, type Said } from './said.ts'
import { codeOf } from './validator16.ts'

export type ConnectionOptions = {
  /** A message counts as live, and its time as the device's clock, this long (real ms) after the socket opened. */
  liveAfterMs: number
  onBooted: (connection: Connection) => void
  onClosed: (connection: Connection, code: number) => void
  bentBy: (payload: object) => string[]
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
  /** Resolves when nothing that came in is still at work. */
  idle(): Promise<void>
  terminate(): void
}

const MOST_INBOUND = 500

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
  const openedAt = ctx.clock.monotonic()
  const sessions = new Map<number, { id: number; port: number } | undefined>()
  const openAt = new Map<number, number>()
  const reviewed = new Set<string>()
  const shown: number[] = []
  let journal: BatchJournalRow[] = []
  let offsetMs = charger.clockOffsetMs
  let heardAt = Number.NEGATIVE_INFINITY
  let inbound = 0
  let open = true
  let booted = false

  // what was left open before this socket; messages wait for it, handlers are registered all the same
  let tail: Promise<unknown> = loadOpen().catch((error: unknown) => lose(error))

  async function loadOpen() {
    for (const session of await openSessions(ctx.db.prisma, { chargerId: charger.id })) opened(session.port, session.id)
  }

  const opened = (port: number, id: number) => {
    sessions.set(id, { id, port })
    openAt.set(port, id)
  }

  function row(
    direction: 'in' | 'out',
    type: MessageRow['type'],
    messageId: string,
    action: string | null,
    payload: unknown,
    note: string[] = [],
  ): MessageRow {
    return {
      at: iso(ctx.clock.now()),
      charger_id: charger.id,
      direction,
      type,
      message_id: messageId.slice(0, 100),
      action: action?.slice(0, 60) ?? null,
      payload,
      note: note.length > 0 ? note.join(', ') : null,
    }
  }

  /** Log rows that nobody waits for. */
  const log = (...messages: MessageRow[]) => {
    batch.add({ chargerId: charger.id, messages, journal: takeJournal() }).catch((error: unknown) => {
      if (!isDatabaseAway(error)) ctx.log.error({ err: error, charger: charger.id }, 'messages were not logged')
    })
  }

  const takeJournal = () => {
    const lines = journal
    journal = []
    return lines
  }

  function review(kind: string, data: Record<string, unknown>) {
    const full = kind.includes('.') ? kind : `review.${kind}`
    const once = kind.startsWith('charger.') || kind.startsWith('security.') ? `${full} ${JSON.stringify(data).slice(0, 200)}` : full
    if (reviewed.has(once) || reviewed.size > 1000) return
    reviewed.add(once)
    const at = iso(ctx.clock.now())
    journal.push({
      at,
      real_at: iso(ctx.clock.real()),
      depot_id: charger.depotId,
      actor: `charger:${charger.id}`,
      kind: full,
      subject: `charger:${charger.id}`,
      data: { ...data, address },
    })
  }

  client.handle((call) => {
    if (inbound >= MOST_INBOUND) {
      review('flood', { inbound })
      log()
      close(1008, 'too many messages at once')
      return Promise.resolve(NOREPLY)
    }
    inbound++
    const answer = tail.then(() => serve(call)).finally(() => inbound--)
    tail = answer.catch(() => {})
    return answer
  })

  async function serve({ messageId, method, params }: InboundCall): Promise<unknown> {
    if (!open) return NOREPLY
    if (!isChargerAction(method)) {
      review('unexpectedAction', { action: method })
      log(row('in', 'bad', messageId, method, params, ['not for a charger to ask']))
      throw createRPCError('NotSupported', 'Only a central system asks this.')
    }
    try {
      return await answerTo(method, messageId, params)
    } catch (error) {
      return failed(error, messageId, method)
    }
  }

  async function answerTo(action: keyof typeof actions16, messageId: string, params: Record<string, unknown>): Promise<Answer> {
    const receivedAt = ctx.clock.now()
    const bent = options.bentBy(params)
    for (const each of bent) if (each !== 'nullForAbsent' && each !== 'unitSpelling') review(`bent`, { action, bent: each })
    const told: Commit = { events: [], fresh: [], causes: [] }
    const arrival: Arrival = { receivedAt, offsetMs, speed: ctx.clock.speed }
    measureClock(action, params, arrival)
    const said = makeSaid(params, arrival, bent, told)
    // the table's rows are keyed by action, and the payload has passed that action's schema
    const handler = actions16[action] as Handler<Record<string, unknown>>
    const asked = row('in', 'call', messageId, action, params, bent)
    if (handler.kind === 'batched') {
      const { answer, adds } = await handler.gather(said)
      const messages = [asked, row('out', 'result', messageId, action, answer)]
      await batch.add({ chargerId: charger.id, heardAt: receivedAt, messages, journal: takeJournal(), ...adds })
      return answer
    }
    const logged = batch.add({ chargerId: charger.id, heardAt: receivedAt, messages: [asked] })
    const [answer] = await Promise.all([handler.handle(said), logged])
    log(row('out', 'result', messageId, action, answer))
    // after the answer has left: a profile for a session must not overtake its transactionId
    setImmediate(() => {
      tell(ctx, told)
      if (action === 'BootNotification') {
        booted = true
        options.onBooted(connection)
      }
    })
    return answer
  }

  function makeSaid(payload: Record<string, unknown>, arrival: Arrival, bent: string[], told: Commit): Said<Record<string, unknown>> {
    return {
      ctx,
      charger,
      payload,
      arrival,
      bent,
      time: readTime(arrival),
      async record(events) {
        const commit = await commitEvents(ctx, charger.id, events)
        told.fresh.push(...commit.fresh)
        told.causes.push(...commit.causes)
        return commit.events
      },
      review,
      sessionOf,
      openAt: (port) => openAt.get(port),
      opened,
      closed(id) {
        for (const [port, each] of openAt) if (each === id) openAt.delete(port)
      },
      portId,
    }
  }

  async function sessionOf(id: number) {
    if (!sessions.has(id)) {
      const found = await findSessionOfCharger(ctx.db.prisma, id, charger.id)
      if (sessions.size > 5000) sessions.clear()
      sessions.set(id, found ? { id, port: found.port.number } : undefined)
    }
    return sessions.get(id)
  }

  async function portId(number: number) {
    const known = charger.ports.get(number)
    if (known !== undefined) return known
    const found = await findPort(ctx.db.prisma, charger.id, number)
    if (found) charger.ports.set(number, found.id)
    return found?.id
  }

  /** The largest of the last offsets is the one with the least delay in it. Messages of a queue say nothing about the clock. */
  function measureClock(action: string, params: Record<string, unknown>, { receivedAt }: Arrival) {
    const at = ctx.clock.monotonic()
    const live = at - openedAt >= options.liveAfterMs && at - heardAt >= Math.min(1000, options.liveAfterMs)
    heardAt = at
    if (!live || (action !== 'MeterValues' && action !== 'StatusNotification')) return
    const values = params.meterValue
    const last = Array.isArray(values) ? (values.at(-1) as { timestamp?: unknown } | undefined)?.timestamp : params.timestamp
    const offset = typeof last === 'string' ? offsetShown(last, receivedAt) : undefined
    if (offset === undefined) return
    shown.push(offset)
    if (shown.length > 5) shown.shift()
    if (shown.length < 2) return
    const best = Math.max(...shown)
    if (Math.abs(best - offsetMs) < skewThreshold(ctx.clock.speed) / 2) return
    offsetMs = best
    if (Math.abs(best) > 30_000 * Math.max(1, ctx.clock.speed / 10)) review('clockSkew', { offsetMs: best })
    saveClockOffset(ctx.db.prisma, charger.id, best).catch(() => {})
  }

  /** Without a database nothing can be promised: no answer, no socket. The charger keeps the message and brings it again. */
  function lose(error: unknown) {
    ctx.log.warn(
      { charger: charger.id, err: error instanceof Error ? error.message : error },
      'database away, charger sent off to come back',
    )
    terminate()
  }

  function failed(error: unknown, messageId: string, action: string): unknown {
    if (isDatabaseAway(error)) {
      lose(error)
      return NOREPLY
    }
    ctx.log.error({ charger: charger.id, action, messageId, err: error }, 'a message could not be handled')
    review('failed', { action, messageId })
    log(row('out', 'error', messageId, action, { code: 'InternalError' }))
    throw createRPCError('InternalError', '')
  }

  client.on('response', ({ outbound, payload }) => {
    if (!outbound) log(row('in', payload[0] === 3 ? 'result' : 'error', String(payload[1]), null, payload.slice(2)))
  })
  client.on('call', ({ outbound, payload }) => {
    if (outbound) log(row('out', 'call', String(payload[1]), String(payload[2]), payload[3]))
  })
  client.on('badMessage', ({ buffer, error, response }) => {
    const note = error.message.slice(0, 200) || codeOf(error)
    if (response !== null) review('badMessage', { note })
    log(row('in', 'bad', '', null, buffer.toString('utf8', 0, 2000), [note]))
  })
  client.on('callError', ({ outbound, messageId, method, params, error }) => {
    if (outbound || codeOf(error) === 'InternalError' || codeOf(error) === 'NotSupported') return
    const unknown = codeOf(error) === 'NotImplemented'
    review(unknown ? 'unknownAction' : 'badPayload', { action: method.slice(0, 60), code: codeOf(error) })
    log(row('in', 'bad', messageId, method, params ?? null, [codeOf(error)]))
  })
  client.on('socketError', (error) => {
    review('socketError', { message: error.message.slice(0, 200) })
    log()
  })
  client.on('close', ({ code }) => {
    open = false
    outbox.close()
    options.onClosed(connection, code)
  })

  async function sendOut(call: ChargerCall, timeoutMs: number, onSent: (() => void) | undefined): Promise<ChargerAnswer> {
    let built: Awaited<ReturnType<typeof call16>>
    try {
      built = await call16(ctx, charger.id, call, offsetMs)
    } catch (error) {
      ctx.log.error({ err: error, charger: charger.id, call: call.kind }, 'a call could not be built')
      return { kind: 'refused', reason: 'The call could not be built.' }
    }
    if (!open) return { kind: 'offline' }
    let sent = false
    const seen = ({ message, outbound }: { message: string; outbound: boolean }) => {
      if (!outbound || sent || !message.startsWith('[2,')) return
      sent = true
      onSent?.()
    }
    client.on('message', seen)
    try {
      return answer16(built, await client.call(built.action, built.payload, { callTimeoutMs: timeoutMs }))
    } catch (error) {
      if (!sent) return { kind: 'offline' }
      if (error instanceof TimeoutError) return { kind: 'timeout' }
      if (!open || (error instanceof Error && error.name === 'AbortError')) return { kind: 'lost' }
      return { kind: 'refused', reason: codeOf(error) }
    } finally {
      client.off('message', seen)
    }
  }

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
      const done = Promise.all([tail, after]).then(async () => {
        if (!unless()) tell(ctx, await commitEvents(ctx, charger.id, events))
      })
      tail = done.catch(() => {})
      return done
    },
    close,
    idle: async () => {
      await tail
    },
    terminate,
  }
  return connection
}
