/**
 * Limits failed sign-ins per identity and per address. Success costs nothing, so 200 chargers behind one NAT address may all come back
 * at once; and a right key opens the door also while others at the same address are being refused, since every look is cheap
 * and only their number per second is bounded.
 */
export type Failures = {
  /** False: too many looks at this address just now; refuse without looking. */
  mayLook(address: string): boolean
  /** Counts a failure. `limited`: answer 429 from now on. `alert`: the limit was crossed just now. `first`: of this identity here, in a while. */
  failed(address: string, identity: string): { limited: boolean; alert: boolean; first: boolean }
  /** One too many connections of this address or identity. `alert`: tell it now. */
  crowded(who: string): { alert: boolean }
  succeeded(identity: string, address: string): void
}

type Bucket = { tokens: number; at: number; alertedAt: number; toldAt: number }

export type FailureLimits = { perIdentity: number; perAddress: number; refillMs: number; looksPerSecond: number; most: number }
const USUAL: FailureLimits = { perIdentity: 10, perAddress: 50, refillMs: 3_000, looksPerSecond: 50, most: 5_000 }

/** `now` is real, monotonic time in ms. */
export function makeFailures(now: () => number, limits: Partial<FailureLimits> = {}): Failures {
  const { perIdentity, perAddress, refillMs, looksPerSecond, most } = { ...USUAL, ...limits }
  const buckets = new Map<string, Bucket>()
  const looks = new Map<string, Bucket>()

  const take = (from: Map<string, Bucket>, key: string, size: number, perMs: number): Bucket => {
    const bucket = from.get(key) ?? { tokens: size, at: now(), alertedAt: Number.NEGATIVE_INFINITY, toldAt: Number.NEGATIVE_INFINITY }
    bucket.tokens = Math.min(size, bucket.tokens + (now() - bucket.at) * perMs) - 1
    bucket.at = now()
    // the newest stay; a flood of invented names pushes out the oldest, not the memory
    from.delete(key)
    from.set(key, bucket)
    if (from.size > most) from.delete(from.keys().next().value!)
    return bucket
  }

  const count = (key: string, size: number) => {
    const bucket = take(buckets, key, size, 1 / refillMs)
    const limited = bucket.tokens < 0
    if (limited) bucket.tokens = Math.max(bucket.tokens, -size)
    const alert = limited && now() - bucket.alertedAt > ALERT_EVERY
    if (alert) bucket.alertedAt = now()
    const first = now() - bucket.toldAt > ALERT_EVERY
    if (first) bucket.toldAt = now()
    return { limited, alert, first }
  }

  return {
    mayLook(address) {
      const troubled = (buckets.get(`address ${address}`)?.tokens ?? 1) < 0
      return !troubled || take(looks, address, looksPerSecond, looksPerSecond / 1000).tokens >= 0
    },
    failed(address, identity) {
      const own = count(`identity ${identity} ${address}`, perIdentity)
      const all = count(`address ${address}`, perAddress)
      return { limited: own.limited || all.limited, alert: own.alert || all.alert, first: own.first }
    },
    crowded: (who) => ({ alert: count(`crowd ${who}`, 0).alert }),
    succeeded(identity, address) {
      buckets.delete(`identity ${identity} ${address}`)
    },
  }
}

const ALERT_EVERY = 600_000
