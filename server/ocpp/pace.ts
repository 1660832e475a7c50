import type { ChargerSocket } from './socket.ts'

/** What one charger may say: a backlog of hours at once, but not for ever. */
export type PaceLimits = { messagesPerS: number; messagesAtOnce: number; bytesPerS: number; bytesAtOnce: number }
const USUAL: PaceLimits = { messagesPerS: 200, messagesAtOnce: 2_000, bytesPerS: 1024 * 1024, bytesAtOnce: 8 * 1024 * 1024 }

/**
 * Holds one charger to a pace. Beyond it we stop reading its socket for a while: nothing is lost, the charger waits, and the others do not.
 * `onFast` is called once a socket. `now`: real, monotonic ms.
 */
export function keepPace(socket: ChargerSocket, now: () => number, onFast: () => void, limits: Partial<PaceLimits> = {}): void {
  const { messagesPerS, messagesAtOnce, bytesPerS, bytesAtOnce } = { ...USUAL, ...limits }
  let messages = messagesAtOnce
  let bytes = bytesAtOnce
  let at = now()
  let resume: NodeJS.Timeout | undefined
  let told = false

  function took(size: number) {
    const passedMs = now() - at
    at += passedMs
    messages = Math.min(messagesAtOnce, messages + (passedMs * messagesPerS) / 1000) - 1
    bytes = Math.min(bytesAtOnce, bytes + (passedMs * bytesPerS) / 1000) - size
    if ((messages >= 0 && bytes >= 0) || resume) return
    const waitMs = Math.max((-messages / messagesPerS) * 1000, (-bytes / bytesPerS) * 1000, LEAST_WAIT_MS)
    socket.pause()
    resume = setTimeout(() => {
      resume = undefined
      // also one that is closing: what it says to that must be read
      socket.resume()
    }, waitMs)
    resume.unref()
    if (!told) onFast()
    told = true
  }

  const sizeOf = (data: unknown) => (Buffer.isBuffer(data) ? data.length : 0)
  socket.on('message', (data) => took(sizeOf(data)))
  socket.on('ping', (data) => took(sizeOf(data)))
  socket.once('close', () => clearTimeout(resume))
}

const LEAST_WAIT_MS = 50
