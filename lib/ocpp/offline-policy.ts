// Who may charge at a charger without a connection, and the configuration keys of 1.6 (§9.1, §9.3) that make a charger do so.

export const offlinePolicies = ['known', 'anyone', 'nobody'] as const
export type OfflinePolicy = (typeof offlinePolicies)[number]

/** Anything else that was stored is as if nothing had been chosen. */
export const offlinePolicyOf = (stored: string): OfflinePolicy => offlinePolicies.find((each) => each === stored) ?? 'known'

/** Online the charger asks us always, so that a blocked card is refused at once; what it began offline and we refuse, it ends. */
const ALWAYS = { LocalPreAuthorize: 'false', StopTransactionOnInvalidId: 'true', MaxEnergyOnInvalidId: '0' }

export const offlineKeys: Record<OfflinePolicy, Record<string, string>> = {
  known: {
    LocalAuthorizeOffline: 'true',
    LocalAuthListEnabled: 'true',
    AuthorizationCacheEnabled: 'true',
    AllowOfflineTxForUnknownId: 'false',
    ...ALWAYS,
  },
  anyone: {
    LocalAuthorizeOffline: 'true',
    LocalAuthListEnabled: 'true',
    AuthorizationCacheEnabled: 'true',
    AllowOfflineTxForUnknownId: 'true',
    ...ALWAYS,
  },
  nobody: {
    LocalAuthorizeOffline: 'false',
    LocalAuthListEnabled: 'false',
    AuthorizationCacheEnabled: 'false',
    AllowOfflineTxForUnknownId: 'false',
    ...ALWAYS,
  },
}

export const offlineWords: Record<OfflinePolicy, { name: string; consequence: string }> = {
  known: {
    name: 'Cards that the charger knows',
    consequence:
      'Chargers keep a list of your cards. Without a connection a card of the list can charge, an unknown or blocked one cannot. A card added during an outage waits until the charger is back.',
  },
  anyone: {
    name: 'Anyone',
    consequence:
      'Without a connection every card can charge, except those that the charger’s list says are blocked. When the charger is back, a session with an unknown card is ended and is for you to review: its energy may be nobody’s to pay.',
  },
  nobody: {
    name: 'Nobody',
    consequence:
      'Without a connection no card can start a session: vehicles that return during an outage are not charged. Sessions that run go on.',
  },
}
