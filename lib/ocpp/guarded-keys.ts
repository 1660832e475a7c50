/** Keys whose change would undo what the envelope or the security rests on, and why nobody may change or desire them. */
const GUARDED: [RegExp, string][] = [
  [/^authorizationkey$/i, 'The key is changed with a new key for the charger, not here.'],
  [
    /^(chargeprofile|chargingschedule|maxchargingprofiles|chargingprofile)/i,
    'It decides which limits the charger keeps: the envelope relies on it.',
  ],
  [
    /(max|limit).*(current|power|amp)|(current|power|amp).*(max|limit)/i,
    'A limit of the maker may override ours: change the port in the settings instead.',
  ],
  [/^securityprofile$/i, 'A charger is not made less secure from here.'],
  [/^supportedfeatureprofiles$|^smartcharging/i, 'Without smart charging the charger cannot be limited.'],
]

/** Why this configuration key is not to be changed by hand; undefined: it may be. */
export const whyGuarded = (key: string): string | undefined => GUARDED.find(([guarded]) => guarded.test(key.trim()))?.[1]
