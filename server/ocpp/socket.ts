import { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

const LONGEST_SHORT = 125
const LONGEST = 65_535

/** A charger's socket: knows when it was last heard of, and writes a text in one piece. */
export class ChargerSocket extends WebSocket {
  /** Real, monotonic ms of the last frame, ping or pong. */
  heardAt = 0
  /** A ping of ours is under way. */
  asked = false
  #wire: Duplex | undefined

  /**
   * Sends a text. The library makes two chunks of a frame, corks and gathers them; nothing of ours is compressed or fragmented (`wssOptions` of
   * server/ocpp/endpoint.ts), so that a text of plain ASCII, as nearly all are, is its frame with two or four characters before it.
   */
  say(text: string) {
    const { length } = text
    if (this.readyState !== this.OPEN || length > LONGEST || Buffer.byteLength(text) !== length) return this.send(text)
    this.#wire ??= this.#wireBelow()
    this.#wire.write(
      (length > LONGEST_SHORT ? `\x81\x7e${String.fromCharCode(length >> 8, length & 255)}` : `\x81${String.fromCharCode(length)}`) + text,
      'latin1',
    )
  }

  #wireBelow(): Duplex {
    const wire: unknown = Reflect.get(this, '_socket')
    if (!(wire instanceof Duplex)) throw new Error('ws has changed inside: server/ocpp/socket.ts must be adapted')
    return wire
  }
}

export type Pulse = { watch(socket: ChargerSocket): void; close(): void }

const SLOTS = 64

/**
 * Finds dead sockets: one that said nothing for `intervalMs` is pinged, and cut off when it said nothing for as long again. One timer for all,
 * a part of them at a time: 10,000 pings at once would hold up everybody's messages.
 */
export function makePulse(now: () => number, intervalMs: number): Pulse {
  const slots = Array.from({ length: SLOTS }, () => new Set<ChargerSocket>())
  let next = 0
  let arrivals = 0
  const look = (socket: ChargerSocket) => {
    const silentMs = now() - socket.heardAt
    if (silentMs < intervalMs || socket.readyState !== socket.OPEN) return
    // while it is held to its pace nothing is read of it: that silence is ours
    if (socket.isPaused) return
    if (!socket.asked) {
      socket.asked = true
      socket.ping()
    } else if (silentMs >= 2 * intervalMs) socket.terminate()
  }
  // twice an interval each slot has its turn
  const timer = setInterval(
    () => {
      for (const socket of slots[next++ % SLOTS]!) look(socket)
    },
    Math.max(1, intervalMs / 2 / SLOTS),
  )
  timer.unref()
  return {
    watch(socket) {
      const slot = slots[arrivals++ % SLOTS]!
      const heard = () => {
        socket.heardAt = now()
        socket.asked = false
      }
      heard()
      slot.add(socket)
      socket.on('message', heard)
      socket.on('ping', heard)
      socket.on('pong', heard)
      socket.once('close', () => slot.delete(socket))
    },
    close: () => clearInterval(timer),
  }
}
