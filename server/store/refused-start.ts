/** Flags of a session whose card was not let charge: unless energy flows, it tells nobody where a vehicle is. */
const REFUSED = ['unknownTag', 'blockedTag', 'expiredTag', 'busyTag', 'chargerNotAccepted']

/** SQL: this session was refused at its start, and nothing was charged in it. */
export const refusedStart = (session: string): string =>
  `(${session}.flags && ARRAY[${REFUSED.map((flag) => `'${flag}'`).join()}] AND ${session}.energy_wh = 0)`
