import type { Socket } from 'node:net'

/** How many may stand at the door and sit inside. An address that speaks for others (a proxy, this machine) has no limit of its own. */
export type DoorLimits = {
  /** Open sockets, and those of them that are not let in yet. */
  open: number
  waiting: number
  waitingPerAddress: number
  /** Chargers inside, by their own address. */
  insidePerAddress: number
  /** Times in a row that one identity may come in, and what it is given back (per real ms). */
  entriesPerIdentity: number
  entryEveryMs: number
}
const USUAL: DoorLimits = {
  open: 30_000,
  waiting: 15_000,
  waitingPerAddress: 1_000,
  insidePerAddress: 2_000,
  entriesPerIdentity: 30,
  entryEveryMs: 2_000,
}

export type Doors = {
  /** A socket was accepted. False: one too many; it was destroyed. */
  arrived(socket: Socket): boolean
  /** Why this one may not sit down now; undefined: it may. */
  whyFull(address: string, identity: string): 'address' | 'identity' | undefined
  /** It sits; the answer frees its seat. */
  seat(address: string): () => void
}

/** Limits that hold for all who come, before and after they proved who they are. `now`: real, monotonic ms. */
export function makeDoors(
  now: () => number,
  speaksForOthers: (address: string) => boolean,
  onFull: (address: string) => void,
  limits: Partial<DoorLimits> = {},
): Doors {
  const {
    open: mostOpen,
    waiting: mostWaiting,
    waitingPerAddress,
    insidePerAddress,
    entriesPerIdentity,
    entryEveryMs,
  } = { ...USUAL, ...limits }
  const opened = new Map<string, number>()
  const inside = new Map<string, number>()
  const entries = new Map<string, { tokens: number; at: number }>()
  let open = 0
  let seated = 0

  const add = (to: Map<string, number>, key: string, by: 1 | -1) => {
    const count = (to.get(key) ?? 0) + by
    if (count > 0) to.set(key, count)
    else to.delete(key)
  }

  return {
    arrived(socket) {
      const address = plain(socket.remoteAddress ?? '')
      const here = (opened.get(address) ?? 0) - (inside.get(address) ?? 0)
      const crowded = !speaksForOthers(address) && here >= waitingPerAddress
      if (open >= mostOpen || open - seated >= mostWaiting || crowded) {
        socket.on('error', () => {})
        // not at once: the listeners after this one would stumble over a socket without a handle
        setImmediate(() => socket.destroy())
        onFull(address)
        return false
      }
      open++
      add(opened, address, 1)
      socket.once('close', () => {
        open--
        add(opened, address, -1)
      })
      return true
    },
    whyFull(address, identity) {
      if (!speaksForOthers(address) && (inside.get(address) ?? 0) >= insidePerAddress) return 'address'
      const bucket = entries.get(identity) ?? { tokens: entriesPerIdentity, at: now() }
      bucket.tokens = Math.min(entriesPerIdentity, bucket.tokens + (now() - bucket.at) / entryEveryMs)
      bucket.at = now()
      entries.delete(identity)
      if (bucket.tokens < 1) {
        entries.set(identity, bucket)
        return 'identity'
      }
      bucket.tokens--
      entries.set(identity, bucket)
      // only chargers that proved who they are stand here, so the map is bounded by them; the oldest go all the same
      if (entries.size > MOST_KEPT) entries.delete(entries.keys().next().value!)
      return undefined
    },
    seat(address) {
      seated++
      add(inside, address, 1)
      let free = false
      return () => {
        if (free) return
        free = true
        seated--
        add(inside, address, -1)
      }
    },
  }
}

const MOST_KEPT = 50_000
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
