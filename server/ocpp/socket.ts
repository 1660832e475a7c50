import { WebSocket } from 'ws'

/** A charger's socket: knows when it was last heard of, and nothing else that the library does not. */
export class ChargerSocket extends WebSocket {
  /** Real, monotonic ms of the last frame, ping or pong. */
  heardAt = 0
  /** A ping of ours is under way. */
  asked = false
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
