import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { answerTo, brokenFrame, callIn, frame, handshake, type Mix } from './inputs.ts'
import type { Random } from './random.ts'

// One attacker: a charger with a right key and a broken mind, and strangers at the door.

export type Attacker = { identity: string; auth: string; port: number; random: Random; address: string; mix: Mix; framesALife: number }

/** A charger's messages are taken one after the other, on a machine that may be busy: what hangs, hangs for longer. */
export const PATIENCE_MS = 120_000

/**
 * Sends one life of a socket: up to `framesALife` frames at once, and then asks for a heartbeat. Either that and every CALL before it is
 * answered, or the server closed the socket. Returns how many inputs that were.
 * @throws Error when the server does neither.
 */
export async function attackSocket({ identity, auth, port, random, address, mix, framesALife }: Attacker): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
    headers: { authorization: auth },
    localAddress: address,
    perMessageDeflate: false,
  })
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  socket.on('error', () => {}) // refused or cut off: told by `close`
  const opening = Promise.race([new Promise<boolean>((done) => socket.once('open', () => done(true))), closed.then(() => false)])
  if (!(await inTime(opening, () => `${identity} is neither let in nor sent off`))) return 1
  let inputs = 0
  const said: string[] = []
  const unanswered = new Set<string>()
  let heard = () => {}
  socket.on('message', (data) => {
    const told = String(data)
    if (told.startsWith('[3,"alive"')) return heard()
    const [, type, id = ''] = /^\[([234]),"([^"]{1,60})"/.exec(told) ?? []
    if (type !== '2') return void unanswered.delete(id)
    const answer = answerTo(random, id)
    if (answer !== undefined && socket.readyState === WebSocket.OPEN) {
      inputs++
      socket.send(answer)
    }
  })
  const many = 1 + random.below(framesALife)
  for (let each = 0; each < many && socket.readyState === WebSocket.OPEN; each++) {
    const data = frame(random, mix)
    said.push(String(data).slice(0, 300))
    const call = callIn(data)
    if (call !== undefined) unanswered.add(call)
    if (random.chance(0.02)) socket.ping(random.bytes(100))
    // bytes that are no text end the socket, if they say that they are
    send(socket, random, data, random.chance(typeof data === 'string' ? 0.02 : 0.98))
    inputs++
    // others have their turn
    if (each % 25 === 24) await new Promise((soon) => setImmediate(soon))
  }
  const alive = new Promise<void>((done) => {
    heard = done
  })
  if (socket.readyState === WebSocket.OPEN) socket.send('[2,"alive","Heartbeat",{}]')
  const answered = alive.then(() => {
    if (unanswered.size === 0 || socket.readyState !== WebSocket.OPEN) return
    throw new Error(`${identity} got no answer to ${[...unanswered].join()} of\n${said.join('\n')}`)
  })
  await inTime(Promise.race([answered, closed]), () => `${identity} is neither answered nor closed after\n${said.join('\n')}`)
  if (random.chance(0.2)) socket.terminate()
  else socket.close(random.of([1000, 1001, 3000, 4999]))
  await inTime(closed, () => `the socket of ${identity} does not close`)
  return inputs
}

/** Whole, or in pieces. */
function send(socket: WebSocket, random: Random, data: string | Buffer, binary: boolean) {
  if (!random.chance(0.03)) return socket.send(data, { binary })
  const bytes = Buffer.from(data)
  const cut = random.below(bytes.length + 1)
  socket.send(bytes.subarray(0, cut), { binary, fin: false })
  socket.send(bytes.subarray(cut), { binary, fin: true })
}

/** One request at the door, of which all or nothing is understood; the server must end it or let it sit for its own time-out. */
export function attackDoor({ identity, auth, port, random, address }: Attacker): Promise<number> {
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address })
    const over = () => done(1)
    socket.on('error', () => {}) // told by `close`
    socket.once('close', over)
    socket.once('connect', () => {
      socket.write(handshake(random, identity, auth))
      if (random.chance(0.3)) socket.write(brokenFrame(random))
      // half of them hang up at once, as scanners do
      if (random.chance(0.5)) socket.destroy()
      else socket.once('data', () => socket.destroy())
      setTimeout(() => socket.destroy(), 200)
    })
  })
}

async function inTime<Result>(work: Promise<Result>, what: () => string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Error(what())), PATIENCE_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
