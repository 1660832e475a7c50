/** What stands for and against a higher security profile of a charger. */
export type ProfileFacts = {
  /** The least it may come with, and what it is connected with; null: it is not, or never was. */
  least: number
  connected: number | null
  online: boolean
  hasKey: boolean
  /** Somebody ends TLS for chargers: our own listener or a trusted proxy. */
  tlsServed: boolean
  /** It holds the root that our certificate comes from, or says that it trusts some root where ours is a public one. */
  trustsUs: boolean
  /** It has taken a certificate that has not ended. */
  hasCertificate: boolean
}

export const PROFILE_WORDS: Record<number, string> = {
  0: 'No password (0)',
  1: 'Password (1)',
  2: 'Password over TLS (2)',
  3: 'Client certificate (3)',
}

/**
 * Why a charger cannot be raised to this profile now, in a sentence; null: it can. A profile never goes down, and is asked of a charger only
 * when it has what it needs for it: a charger that cannot come back is lost.
 */
export function whyNotRaise(profile: number, facts: ProfileFacts): string | null {
  const { least, connected, online, hasKey, tlsServed, trustsUs, hasCertificate } = facts
  if (profile <= least) return 'It must use this one, or a higher one, already.'
  // what it does already needs no asking
  if (online && (connected ?? -1) >= profile) return null
  if (!online) return 'The charger is offline.'
  if (profile >= 1 && profile <= 2 && !hasKey) return 'It has no key: give it one first.'
  if (profile >= 2 && !tlsServed)
    return 'Nobody serves TLS to chargers here: set OCPP_TLS_PORT, or OCPP_TRUSTED_PROXIES for a proxy that does.'
  if (profile >= 2 && !trustsUs)
    return 'It has not told us that it holds the root of our certificate: install it first, or raise it while it is connected over wss.'
  if (profile === 3 && !hasCertificate) return 'It has no certificate of its own: have it renewed first.'
  return null
}

/** Why a charger may not be let in without a password, in a sentence; null: it may. What it proved once it must go on proving. */
export function whyNotWithoutPassword(facts: { least: number; everConnected: number | null; settingOn: boolean }): string | null {
  if (!facts.settingOn) return 'OCPP_ALLOW_NO_AUTH is off.'
  if (facts.least === 0) return 'It may come without a password already.'
  if (facts.least > 1 || (facts.everConnected ?? 0) > 0) return 'It has proved who it is before, and a profile never goes down.'
  return null
}

/** What a link is called, and how serious it is. On this machine nothing can listen in. */
export function linkVerdict(link: { everConnected: boolean; profile: number | null; onThisMachine: boolean; noTls: boolean }): {
  mark: 'serious' | 'normal' | 'off'
  word: string
} {
  if (!link.everConnected) return { mark: 'off', word: 'Never connected' }
  if (link.profile === 0)
    return link.onThisMachine ? { mark: 'normal', word: 'No password, on this machine' } : { mark: 'serious', word: 'No password' }
  if (link.noTls)
    return link.onThisMachine ? { mark: 'normal', word: 'Without TLS, on this machine' } : { mark: 'serious', word: 'Without TLS' }
  return { mark: 'normal', word: 'Protected' }
}
