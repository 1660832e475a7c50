import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { answerTo, brokenFrame, frame, handshake } from './inputs.ts'
import type { Random } from './random.ts'

// One attacker: a charger with a right key and a broken mind, and strangers at the door.

export type Attacker = { identity: string; auth: string; port: number; random: Random; address: string }

const FRAMES_A_SOCKET = 60
/** A charger's messages are taken one after the other, on a machine that may be busy: what hangs, hangs for longer. */
export const PATIENCE_MS = 120_000

/**
 * Sends one life of a socket: up to sixty frames, broken ones last, and then asks for a heartbeat: either it is answered, or the server
 * closed the socket. Returns how many inputs that were.
 * @throws Error when the server does neither.
 */
export async function attackSocket({ identity, auth, port, random, address }: Attacker): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, ['ocpp1.6'], {
    headers: { authorization: auth },
    localAddress: address,
    perMessageDeflate: false,
  })
  const closed = new Promise<void>((done) => socket.once('close', () => done()))
  socket.on('error', () => {}) // refused or cut off: told by `close`
  const opened = await Promise.race([new Promise<boolean>((done) => socket.once('open', () => done(true))), closed.then(() => false)])
  if (!opened) return 1
  let inputs = 0
  const said: string[] = []
  let heard = () => {}
  socket.on('message', (data) => {
    const told = String(data)
    if (told.startsWith('[3,"alive"')) return heard()
    const id = /^\[2,"([^"]{1,60})"/.exec(told)?.[1]
    const answer = id === undefined ? undefined : answerTo(random, id)
    if (answer !== undefined && socket.readyState === WebSocket.OPEN) {
      inputs++
      socket.send(answer)
    }
  })
  const many = 1 + random.below(FRAMES_A_SOCKET)
  for (let each = 0; each < many && socket.readyState === WebSocket.OPEN; each++) {
    const data = frame(random)
    said.push(String(data).slice(0, 300))
    if (random.chance(0.02)) socket.ping(random.bytes(100))
    socket.send(data, { binary: random.chance(0.02) })
    inputs++
  }
  const alive = new Promise<void>((done) => {
    heard = done
  })
  if (socket.readyState === WebSocket.OPEN) socket.send('[2,"alive","Heartbeat",{}]')
  await inTime(Promise.race([alive, closed]), () => `${identity} is neither answered nor closed after\n${said.join('\n')}`)
  if (random.chance(0.2)) socket.terminate()
  else socket.close(random.of([1000, 1001, 3000, 4999]))
  await inTime(closed, () => `the socket of ${identity} does not close`)
  return inputs
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

async function inTime(work: Promise<unknown>, what: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Error(what())), PATIENCE_MS)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
