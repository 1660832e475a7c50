import { performance } from 'node:perf_hooks'
import WebSocket from 'ws'
import type { Instant } from '#lib/time/instant.ts'
import { callText, errorText, type Frame, type Payload, readFrame, resultText } from './frame.ts'

// One WebSocket to the central system: connects, comes back with back-off, sends one CALL at a time (OCPP-J §4.1.1).
// Network time is real time, however fast the depot's clock runs.

export type Outcome =
  | { kind: 'result'; payload: Payload }
  | { kind: 'error'; code: string; description: string }
  | { kind: 'timeout' }
  | { kind: 'closed' }
export type Answer = { kind: 'result'; payload: Payload; after?: () => void } | { kind: 'error'; code: string; description: string }

/** A frame that went over the wire; `action` of an answer is that of the call it answers. */
export type LoggedFrame = {
  at: Instant
  realMs: number
  kind: Frame['kind'] | 'bad'
  id: string
  action: string
  payload: Payload
  text: string
}

/** Where and as whom the charger connects; asked anew for each attempt. */
export type Way = {
  /** Without the identity. */
  url: string
  password?: string
  tls?: { ca?: string[]; cert?: string; key?: string }
}

export type LinkOptions = {
  identity: string
  way: () => Way
  now: () => Instant
  callTimeoutMs: number
  backoffMs: { min: number; max: number }
  pingMs: () => number
  keepFrames: number
  random: () => number
  onOpen: () => void
  onClose: (reason: string) => void
  onRefused: (statusCode: number) => void
  /** The handshake failed before there was an HTTP status: nobody there, or no trust. */
  onFailed: (code: string) => void
  onCall: (action: string, payload: Payload) => Answer | undefined | Promise<Answer | undefined>
  /** Each CALL is sent once more, the very same frame, after its answer came. */
  repeats: () => boolean
  /** Nothing is said, read or answered, although the socket is open. */
  isDeaf: () => boolean
  /** Not even a ping is answered. */
  isDead: () => boolean
  changed: () => void
}

export type Link = ReturnType<typeof makeLink>

export function makeLink(options: LinkOptions) {
  const sent: LoggedFrame[] = []
  const received: LoggedFrame[] = []
  const pending = new Map<string, { action: string; settle: (outcome: Outcome) => void }>()
  let socket: WebSocket | undefined
  let wanted = false
  let attempts = 0
  let retry: NodeJS.Timeout | undefined
  let ping: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const note = (list: LoggedFrame[], frame: Omit<LoggedFrame, 'at' | 'realMs'>) => {
    list.push({ ...frame, at: options.now(), realMs: performance.now() })
    if (list.length > options.keepFrames) list.splice(0, list.length - options.keepFrames)
    options.changed()
  }

  function connect() {
    wanted = true
    clearTimeout(retry)
    if (socket) return
    const { url, password, tls } = options.way()
    const opened = new WebSocket(`${url}/${encodeURIComponent(options.identity)}`, ['ocpp1.6'], {
      ...tls,
      headers: authorisation(options.identity, password),
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
      autoPong: false,
    })
    socket = opened
    opened.on('open', () => {
      attempts = 0
      startPing(opened)
      options.onOpen()
      options.changed()
    })
    opened.on('ping', (data) => {
      if (!options.isDead()) opened.pong(data)
    })
    opened.on('message', (data) => {
      if (socket === opened) hear(data.toString())
    })
    opened.on('unexpected-response', (request, response) => {
      options.onRefused(response.statusCode ?? 0)
      response.resume()
      request.destroy()
      gone(opened, `refused with ${response.statusCode}`)
    })
    opened.on('error', (error: Error & { code?: string }) => {
      if (opened.readyState !== WebSocket.OPEN && socket === opened) options.onFailed(error.code ?? error.message)
    })
    opened.on('close', (code) => gone(opened, `closed with ${code}`))
  }

  function gone(old: WebSocket, reason: string) {
    if (socket !== old) return
    socket = undefined
    clearInterval(ping)
    for (const call of [...pending.values()]) call.settle({ kind: 'closed' })
    options.onClose(reason)
    if (wanted) comeBack()
    options.changed()
  }

  function comeBack() {
    const { min, max } = options.backoffMs
    const wait = Math.min(max, min * 2 ** Math.min(attempts++, 16))
    clearTimeout(retry)
    retry = setTimeout(connect, wait * (0.5 + options.random() / 2))
  }

  function startPing(opened: WebSocket) {
    clearInterval(ping)
    const every = options.pingMs()
    if (every > 0) ping = setInterval(() => opened.readyState === WebSocket.OPEN && !options.isDead() && opened.ping(), every)
    ping?.unref()
  }

  function say(text: string, frame: Omit<LoggedFrame, 'at' | 'realMs' | 'text'>) {
    if (options.isDeaf() || socket?.readyState !== WebSocket.OPEN) return
    note(sent, { ...frame, text })
    socket.send(text)
  }

  function hear(text: string) {
    const frame = readFrame(text)
    if (!frame) return note(received, { kind: 'bad', id: '', action: '', payload: {}, text })
    if (options.isDeaf()) return note(received, { kind: frame.kind, id: frame.id, action: '', payload: {}, text })
    if (frame.kind === 'call') {
      note(received, { ...frame, text })
      void answer(frame.id, frame.action, frame.payload)
      return
    }
    const call = pending.get(frame.id)
    const payload = frame.kind === 'result' ? frame.payload : { code: frame.code, description: frame.description }
    note(received, { kind: frame.kind, id: frame.id, action: call?.action ?? '', payload, text })
    call?.settle(frame.kind === 'result' ? frame : { kind: 'error', code: frame.code, description: frame.description })
  }

  async function answer(id: string, action: string, payload: Payload) {
    const given = await options.onCall(action, payload)
    if (!given) return
    if (given.kind === 'error') {
      say(errorText(id, given.code, given.description), { kind: 'error', id, action, payload: { code: given.code } })
      return
    }
    say(resultText(id, given.payload), { kind: 'result', id, action, payload: given.payload })
    given.after?.()
  }

  /** Sends a CALL when those before it are settled; tells how it ended, and never throws. */
  function call(id: string, action: string, payload: Payload): Promise<Outcome> {
    const mine = turn.then(() => exchange(id, action, payload))
    turn = mine
    return mine
  }

  function exchange(id: string, action: string, payload: Payload): Promise<Outcome> {
    if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ kind: 'closed' })
    const put = () => say(callText(id, action, payload), { kind: 'call', id, action, payload })
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(deadline)
        if (pending.get(id)?.settle === settle) pending.delete(id)
        if (outcome.kind === 'result' && options.repeats()) put()
        resolve(outcome)
      }
      const deadline = setTimeout(() => settle({ kind: 'timeout' }), options.callTimeoutMs)
      deadline.unref()
      pending.set(id, { action, settle })
      put()
    })
  }

  /** Puts a text on the wire as it is: for faults. */
  function raw(text: string) {
    if (socket?.readyState !== WebSocket.OPEN) return
    note(sent, { kind: 'bad', id: '', action: '', payload: {}, text: text.slice(0, 200) })
    socket.send(text)
  }

  /** Closes for good, until `connect`. `abruptly`: without a close frame, as when the power or the network goes. */
  function disconnect(how: 'politely' | 'abruptly') {
    wanted = false
    clearTimeout(retry)
    const old = socket
    if (!old) return
    if (how === 'politely' && old.readyState === WebSocket.OPEN) {
      old.close(1000)
      // a server that never answers the close frame must not keep us
      setTimeout(() => old.terminate(), 1000).unref()
    } else old.terminate()
    gone(old, how === 'politely' ? 'closed by the charger' : 'cut')
  }

  /** Cuts the socket and comes back by itself. */
  function drop() {
    const old = socket
    old?.terminate()
    if (old) gone(old, 'dropped')
  }

  return {
    connect,
    disconnect,
    drop,
    call,
    raw,
    startPing: () => socket && startPing(socket),
    isOpen: () => socket?.readyState === WebSocket.OPEN,
    sent,
    received,
  }
}

const authorisation = (identity: string, password: string | undefined): Record<string, string> =>
  password === undefined ? {} : { authorization: `Basic ${Buffer.from(`${identity}:${password}`).toString('base64')}` }
