import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { duplexPair } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pino from 'pino'
import { WebSocketServer } from 'ws'
import { type ChargerAction, isChargerAction } from '#lib/ocpp/actions16.ts'
import { iso } from '#lib/time/instant.ts'
import { makeClock } from '../../clock.ts'
import { batchStatement, type MessageRow } from '../../store/meter.ts'
import { makeChronicle } from '../chronicle.ts'
import { keepPace } from '../pace.ts'
import { createRPCError } from '../rpc.ts'
import { ChargerRpc } from '../rpc-client.ts'
import { ChargerSocket } from '../socket.ts'
import { extrasIn, makeValidator16 } from '../validator16.ts'
import { answerTo, brokenFrame, callIn, frame, type Mix } from './inputs.ts'
import { makeRandom, type Random } from './random.ts'
import { clientFrame, serverFrames } from './wire.ts'

// The way of a frame without network and database, so that a million of them are a matter of minutes: the WebSocket library, our RPC, the
// schemas, the pace, the raw log up to the statement that would write it. Handlers and rows are the business of run.ts.

export type WithinResult = {
  inputs: number
  seconds: number
  calls: number
  lives: number
  rows: number
  earlyBytes: number
  lateBytes: number
}

const AT_ONCE = 16
const MOST_FRAMES = 300
const PATIENCE_MS = 60_000
const MIX: Mix = { sound: 0.25, bends: 4 }

const ANSWERS: Record<ChargerAction, object> = {
  Authorize: { idTagInfo: { status: 'Accepted' } },
  BootNotification: { status: 'Accepted', currentTime: '2026-11-23T00:00:00Z', interval: 300 },
  DataTransfer: { status: 'UnknownVendorId' },
  DiagnosticsStatusNotification: {},
  FirmwareStatusNotification: {},
  Heartbeat: { currentTime: '2026-11-23T00:00:00Z' },
  LogStatusNotification: {},
  MeterValues: {},
  SecurityEventNotification: {},
  SignCertificate: { status: 'Accepted' },
  SignedFirmwareStatusNotification: {},
  StartTransaction: { transactionId: 1, idTagInfo: { status: 'Accepted' } },
  StatusNotification: {},
  StopTransaction: {},
}

/** @throws Error when a CALL is neither answered, once, nor its socket closed, or a question of ours never ends. */
export async function fuzzWithin(inputs: number, seed: number): Promise<WithinResult> {
  const began = performance.now()
  const clock = makeClock()
  const { schemas, bentBy } = makeValidator16()
  const wss = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024, perMessageDeflate: false, WebSocket: ChargerSocket })
  const random = makeRandom(seed)
  const result: WithinResult = { inputs: 0, seconds: 0, calls: 0, lives: 0, rows: 0, earlyBytes: 0, lateBytes: 0 }
  let gathered: MessageRow[] = []

  function add({ message }: { message?: MessageRow }): Promise<unknown> {
    if (message) {
      result.rows++
      gathered.push(message)
    }
    if (gathered.length >= 200) {
      const at = iso(clock.now())
      const { values } = batchStatement({
        at,
        realAt: at,
        heard: [],
        messages: gathered,
        readings: [],
        power: [],
        progress: [],
        journal: [],
      })
      gathered = []
      // what PostgreSQL takes for no text
      if (values.some((value) => value.includes('\0'))) throw new Error('a row holds a NUL')
    }
    return Promise.resolve()
  }

  function serve(socket: ChargerSocket) {
    const rpc = new ChargerRpc(socket, {}, schemas)
    makeChronicle({ clock, log: pino({ level: 'silent' }) }, { id: 'c1', depotId: 'd' }, '127.0.0.1', { add }).follow(rpc)
    rpc.handle(async ({ method, params }) => {
      if (!isChargerAction(method)) throw createRPCError('NotSupported', '')
      if (extrasIn(bentBy(params)).length > 0) throw createRPCError('PropertyConstraintViolation', '')
      if (random.chance(0.3)) await new Promise((soon) => setImmediate(soon))
      return ANSWERS[method]
    })
    return rpc
  }

  async function life(): Promise<void> {
    const [near, far] = duplexPair()
    const gone = new Promise<void>((done) => near.once('close', done))
    for (const end of [near, far]) end.on('error', () => {}) // told by `close`
    const { promise: entered, resolve: enter } = Promise.withResolvers<ChargerSocket>()
    wss.handleUpgrade(request(random), near, Buffer.alloc(0), enter)
    const socket = await entered
    if (random.chance(0.02))
      keepPace(
        socket,
        () => clock.monotonic(),
        () => {},
        { messagesAtOnce: 20, messagesPerS: 2_000 },
      )
    const rpc = serve(socket)
    const unanswered = new Set<string>()
    const answers = new Set<string>()
    const twice = Promise.withResolvers<never>()
    twice.promise.catch(() => {}) // told by the race
    let alive = () => {}
    const heard = (opcode: number, payload: Buffer) => {
      if (opcode === 8) {
        far.write(clientFrame(8, payload))
        far.end()
      }
      if (opcode !== 1) return
      const text = payload.toString()
      const [, type, id = ''] = /^\[([234]),"([^"]{1,60})"/.exec(text) ?? []
      if (id === 'alive') return alive()
      if (type === '2') {
        const answer = answerTo(random, id)
        if (answer !== undefined) write(1, Buffer.from(answer))
        return
      }
      unanswered.delete(id)
      if (/^f\d+$/.test(id) && answers.has(id)) twice.reject(new Error(`answered twice: ${text}`))
      answers.add(id)
    }
    const write = (opcode: number, bytes: Buffer) => {
      result.inputs++
      if (!random.chance(0.03)) return far.write(clientFrame(opcode, bytes))
      const cut = random.below(bytes.length + 1)
      far.write(clientFrame(opcode, bytes.subarray(0, cut), false))
      return far.write(clientFrame(0, bytes.subarray(cut)))
    }
    const upgraded = await new Promise<Buffer>((done) => far.once('data', done))
    const parse = serverFrames(heard)
    parse(upgraded.subarray(upgraded.indexOf('\r\n\r\n') + 4))
    far.on('data', parse)

    // ours, which it answers, or not, or wrongly: they end at the latest with the socket
    const asked = Promise.allSettled([
      rpc.call('GetConfiguration', {}, { callTimeoutMs: PATIENCE_MS }),
      rpc.call('Reset', { type: 'Soft' }, { callTimeoutMs: PATIENCE_MS }),
    ])
    const said: string[] = []
    for (let left = 1 + random.below(MOST_FRAMES); left > 0 && socket.readyState === socket.OPEN; left--) {
      const data = frame(random, MIX)
      const call = callIn(data)
      if (call !== undefined) {
        unanswered.add(call)
        result.calls++
      }
      said.push(String(data).slice(0, 200))
      if (random.chance(0.02)) far.write(clientFrame(9, random.bytes(100)))
      write(random.chance(typeof data === 'string' ? 0.02 : 0.95) ? 2 : 1, Buffer.from(data))
      if (left % 20 === 0) await new Promise((soon) => setImmediate(soon))
    }
    const answered = new Promise<void>((done) => {
      alive = done
    })
    const broken = random.chance(0.1)
    if (broken) far.write(brokenFrame(random))
    else write(1, Buffer.from('[2,"alive","Heartbeat",{}]'))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, failed) => {
      timer = setTimeout(() => failed(new Error(`neither answered nor closed after\n${said.join('\n')}`)), PATIENCE_MS)
    })
    // of a broken line's half a frame nothing may come; then we hang up
    if (broken || random.chance(0.1)) far.end()
    const whole = answered.then(async () => {
      // those that had to wait a turn
      for (let turns = 0; turns < 3; turns++) await new Promise((soon) => setImmediate(soon))
      if (unanswered.size > 0 && socket.readyState === socket.OPEN)
        throw new Error(`no answer to ${[...unanswered].join()} of\n${said.join('\n')}`)
    })
    try {
      await Promise.race([whole, gone, twice.promise, late])
      far.destroy()
      near.destroy()
      await Promise.race([asked, late])
    } finally {
      clearTimeout(timer)
    }
    result.lives++
  }

  const until = async (many: number) => {
    while (result.inputs < many) await life()
  }
  const round = (many: number) => Promise.all(Array.from({ length: AT_ONCE }, () => until(many)))
  await round(inputs / 10)
  result.earlyBytes = await heapBytes()
  await round(inputs)
  result.lateBytes = await heapBytes()
  result.seconds = (performance.now() - began) / 1000
  return result
}

function request(random: Random): IncomingMessage {
  const made = new IncomingMessage(new Socket())
  made.method = 'GET'
  made.url = '/ocpp/C1'
  made.headers = {
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from(`${random.below(1e9)}`.padStart(16)).toString('base64'),
  }
  return made
}

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    await new Promise((soon) => setTimeout(soon, 20))
    gc()
  }
  return process.memoryUsage().heapUsed
}
