import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { type CallFailed, type CallHandler, createRPCError, NOREPLY, type RpcClient, TimeoutError } from './rpc.ts'
import type { ChargerSocket } from './socket.ts'

/** Throw, with an `rpcErrorCode`, for what does not follow the schema of its action; what is harmless is straightened in place. */
export type Schemas = { request(action: string, payload: unknown): void; response(action: string, payload: unknown): void }
type Pending = { method: string; answer: (result: unknown) => void; failed: (error: Error) => void; timer: NodeJS.Timeout }
type Coded = Error & { rpcErrorCode?: string; rpcErrorMessage?: string; details?: unknown }

const MOST_AT_WORK = 1000
const MOST_BAD = 50
const GOODBYE_MS = 1000
/** Of ours that it has not read: it may still talk, and would have us keep all that we answer. */
const MOST_UNREAD_BYTES = 4_000_000
/** Later editions spell these two otherwise; 1.6 keeps its own (OCPP-J 1.6 §4.2.3; errata 1.0 §5). */
const SPELT: Record<string, string> = {
  FormatViolation: 'FormationViolation',
  OccurrenceConstraintViolation: 'OccurenceConstraintViolation',
}
/** All that OCPP-J 1.6 knows; any other is a GenericError there. */
const CODES = new Set([
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
])
const onTheWire = (code = 'GenericError'): string => {
  const spelt = SPELT[code] ?? code
  return CODES.has(spelt) ? spelt : 'GenericError'
}

/**
 * OCPP-J on one socket: frames in, answers out, our own calls. It says the same words and events as the library's client, which costs an
 * idle charger tens of kilobytes and each message a good part of its time (docs/decisions/009); schemas, errors and the handshake are the library's.
 * The same message id again, while its first delivery is still at work, is heard only once (docs/ocpp.md, fault 5: a charger would take the
 * refusal for the answer); redelivery after the answer is the business of the records, which add nothing twice.
 */
export class ChargerRpc extends EventEmitter implements RpcClient {
  readonly session: Record<string, unknown>
  readonly protocol: string
  readonly #socket: ChargerSocket
  readonly #schemas: Schemas
  readonly #atWork = new Set<string>()
  #pending: Map<string, Pending> | undefined
  #handler: CallHandler | undefined
  #failed: CallFailed = (error) => {
    throw error
  }
  #bad = 0

  constructor(socket: ChargerSocket, session: Record<string, unknown>, schemas: Schemas) {
    super()
    this.#socket = socket
    this.session = session
    this.protocol = socket.protocol
    this.#schemas = schemas
    socket.on('message', (data) => this.#heard(data as Buffer))
    socket.on('error', (error) => this.emit('socketError', error))
    socket.once('close', (code, reason) => {
      for (const { failed } of this.#pending?.values() ?? [])
        failed(Object.assign(new Error('Client disconnected'), { name: 'AbortError' }))
      this.emit('close', { code, reason: reason.toString('utf8') })
    })
  }

  handle(handler: CallHandler, failed?: CallFailed): void {
    this.#handler = handler
    if (failed) this.#failed = failed
  }

  /** One call of ours. The outbox sees to it that one is under way at a time. @throws TimeoutError, AbortError when the socket closes, or what the charger answers */
  async call(method: string, params: unknown, { callTimeoutMs }: { callTimeoutMs: number }): Promise<unknown> {
    if (this.#socket.readyState !== this.#socket.OPEN) throw new Error('Cannot make call while socket not open')
    this.#schemas.request(method, params)
    const id = randomUUID()
    const payload = [2, id, method, params]
    this.#pending ??= new Map()
    const pending = this.#pending
    try {
      return await new Promise((answer, failed) => {
        const timer = setTimeout(() => failed(new TimeoutError('Call timeout')), callTimeoutMs)
        pending.set(id, { method, answer, failed, timer })
        this.emit('call', { outbound: true, payload })
        this.#send(JSON.stringify(payload))
      })
    } finally {
      clearTimeout(pending.get(id)?.timer)
      pending.delete(id)
    }
  }

  async close({ code = 1000, reason = '' }: { code?: number; reason?: string; force?: boolean }): Promise<unknown> {
    this.#socket.close(code, reason)
    return undefined
  }

  #send(message: string) {
    this.#socket.say(message)
    if (this.#socket.bufferedAmount > MOST_UNREAD_BYTES) return this.#socket.terminate()
    if (this.listenerCount('message') > 0) this.emit('message', { message, outbound: true })
  }

  #heard(data: Buffer) {
    const text = data.toString('utf8')
    // some vendors send empty frames
    if (text === '') return
    let type: unknown
    let id: string | undefined
    try {
      const frame = parsed(text)
      type = frame[0]
      if (typeof type !== 'number') throw broken('Message type must be a number')
      // a later edition may know more: such a message is ignored (OCPP-J 1.6 §4.1.3), and only noted
      if (type !== 2 && type !== 3 && type !== 4) return this.#noted(data, broken('Unknown message type'), null, false)
      if (typeof frame[1] !== 'string') throw broken('Message ID must be a string')
      id = frame[1]
      if (type === 2) {
        if (typeof frame[2] !== 'string') throw broken('Action must be a string')
        this.#asked(frame, text)
      } else {
        this.emit('response', { outbound: false, payload: frame })
        this.#answered(type, id, frame)
      }
      this.#bad = 0
    } catch (error) {
      this.#broken(data, error as Coded, type, id)
    }
  }

  /** Only a call is answered, and only one that can be named. */
  #broken(buffer: Buffer, error: Coded, type: unknown, id: string | undefined) {
    const words = error.message || error.rpcErrorMessage || ''
    const response = type === 2 && id !== undefined ? [4, id, onTheWire(error.rpcErrorCode), words, error.details ?? {}] : null
    this.#noted(buffer, error, response, type !== 3 && type !== 4)
    if (++this.#bad > MOST_BAD) this.#giveUp()
    else if (response && this.#socket.readyState === this.#socket.OPEN) this.#send(JSON.stringify(response))
  }

  #noted(buffer: Buffer, error: Error, response: unknown[] | null, odd: boolean) {
    this.emit('badMessage', { buffer, error, response, odd })
  }

  /** One that speaks no OCPP need not understand that it is sent off either. */
  #giveUp() {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.close(1002, 'Protocol error')
    setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref()
  }

  // thousands are in hand until their commit: of each only its text is held here, and one promise
  #asked(frame: unknown[], whole: string) {
    const [id, method, params] = [frame[1] as string, frame[2] as string, frame[3] as Record<string, unknown>]
    if (this.#atWork.has(id)) return
    if (this.#atWork.size < MOST_AT_WORK) this.#atWork.add(id)
    try {
      this.#schemas.request(method, params)
    } catch (error) {
      return this.#refused(id, method, params, error as Coded)
    }
    const text = payloadText(frame, whole)
    this.#handler!({ messageId: id, method, params, text }).then(
      (result) => this.#handled(id, method, result, text),
      (error: unknown) => this.#broke(id, method, error, text),
    )
  }

  #handled(id: string, method: string, result: unknown, text: string) {
    if (result === NOREPLY) return this.#ended(id, undefined)
    let answer: string
    try {
      this.#schemas.response(method, result)
      answer = `[3,${JSON.stringify(id)},${JSON.stringify(result)}]`
    } catch {
      // an answer of ours that does not follow its schema is our fault
      return this.#refused(id, method, this.#again(method, text), createRPCError('InternalError', '') as Coded)
    }
    this.#ended(id, answer)
  }

  #broke(id: string, method: string, error: unknown, text: string) {
    let result: unknown
    try {
      result = this.#failed(error, id, method)
    } catch (refusal) {
      return this.#refused(id, method, this.#again(method, text), refusal as Coded)
    }
    this.#handled(id, method, result, text)
  }

  /** The payload of a call that followed its schema, straightened as it was then; null where it no longer does: only the log misses it. */
  #again(method: string, text: string): unknown {
    try {
      const payload: unknown = JSON.parse(text)
      this.#schemas.request(method, payload)
      return payload
    } catch {
      return null
    }
  }

  #refused(id: string, method: string, params: unknown, error: Coded) {
    const words = error.message || error.rpcErrorMessage || ''
    const answer = JSON.stringify([4, id, onTheWire(error.rpcErrorCode), words, error.details ?? {}])
    this.emit('callError', { outbound: false, messageId: id, method, params, error })
    this.#ended(id, answer)
  }

  #ended(id: string, answer: string | undefined) {
    this.#atWork.delete(id)
    if (answer !== undefined && this.#socket.readyState === this.#socket.OPEN) this.#send(answer)
  }

  #answered(type: number, id: string, frame: unknown[]) {
    const pending = this.#pending?.get(id)
    if (!pending) throw broken(`Received ${type === 3 ? 'CALLRESULT' : 'CALLERROR'} for unrecognised message ID: ${id}`)
    if (type === 4) return pending.failed(createRPCError(String(frame[2]), String(frame[3] ?? '')) as Error)
    try {
      this.#schemas.response(pending.method, frame[2])
      pending.answer(frame[2])
    } catch (error) {
      pending.failed(error as Error)
    }
  }
}

/** The payload of a call: cut out of its frame, where that is written as nearly all are; it need not be written again to be kept. */
function payloadText(frame: unknown[], whole: string): string {
  const before = `[2,"${frame[1]}","${frame[2]}",`
  const plain =
    frame.length === 4 && whole.length < LONGEST_CUT && whole.startsWith(before) && whole.endsWith('}]') && !whole.includes('\\')
  return plain ? whole.slice(before.length, -1) : (JSON.stringify(frame[3]) ?? 'null')
}
/** A longer one may be long of blanks alone. */
const LONGEST_CUT = 4096

/** A frame that is none of OCPP-J. */
const broken = (words: string): Coded => createRPCError('FormationViolation', words) as Coded

function parsed(text: string): unknown[] {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    throw broken('Message must be a JSON structure')
  }
  if (!Array.isArray(frame)) throw broken('Message must be an array')
  return frame
}
