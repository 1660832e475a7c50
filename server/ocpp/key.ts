import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

// A charger's key: 160 random bits as 40 hexadecimal characters, the longest password that OCPP 1.6 takes (security whitepaper,
// AuthorizationKey). Random, so a plain SHA-256 keeps it safe and 10,000 reconnects cost milliseconds.

/** A new key, to be shown once, and the hash to be stored. */
export function newChargerKey(): { key: string; keyHash: string } {
  const key = randomBytes(20).toString('hex')
  return { key, keyHash: hashChargerKey(key) }
}

export const hashChargerKey = (key: string | Buffer): string => createHash('sha256').update(key).digest('hex')

/** Compares in constant time. Chargers that send the 20 bytes that the hexadecimal text stands for are understood too. */
export function isChargerKey(password: Buffer | undefined, keyHash: string | null): boolean {
  if (!password || password.length === 0 || !keyHash) return false
  const stored = Buffer.from(keyHash, 'hex')
  const matches = (text: string | Buffer) => {
    const given = createHash('sha256').update(text).digest()
    return stored.length === given.length && timingSafeEqual(stored, given)
  }
  const asText = matches(password)
  return matches(password.toString('hex')) || asText
}
