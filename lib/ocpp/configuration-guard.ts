import { isSecretKey } from './secrets16.ts'

// Which configuration keys may be set by a call, and to what (source: spec "ocpp", The envelope and Security; OCPP 1.6 §9).
// Keys of the standard are known one by one. A maker's own key may be anything, a limit too: then the envelope is asked.

/** `mayBeLimit`: only where the site has room for the charger's full power. `ownedBy`: the room that may set it all the same. */
export type KeyVerdict =
  | { kind: 'free' }
  | { kind: 'refused'; reason: string; ownedBy?: 'offlinePolicy' | 'security' | 'provisioning' }
  | { kind: 'mayBeLimit' }

type Rule =
  | 'free'
  | { refused: string; ownedBy?: 'offlinePolicy' | 'security' | 'provisioning' }
  | { from: number; until: number; unit: string; why: string }
  | { lists: string; why: string }

const seconds = (from: number, until: number, why: string): Rule => ({ from, until, unit: ' s', why })
const READ_ONLY: Rule = { refused: 'It is read-only.' }
const OWN_VERB: Rule = { refused: 'It is changed with a new key for the charger, so that neither side is locked out.', ownedBy: 'security' }
const ENVELOPE: Rule = { refused: 'It decides which limits the charger keeps: the envelope relies on it.' }
const POLICY: Rule = { refused: 'It follows the depot’s offline policy: change that instead.', ownedBy: 'offlinePolicy' }
const LESS_SECURE: Rule = { refused: 'A charger is not made less secure from here.', ownedBy: 'security' }
const PHASES: Rule = { refused: 'A port that changes its phases would load others than the site reckons with.' }
const BILLED: Rule = { lists: 'Energy.Active.Import.Register', why: 'Energy is billed by it' }

/** Keys of the standard and of the security whitepaper, lower case. */
const RULES: Record<string, Rule> = {
  allowofflinetxforunknownid: POLICY,
  authorizationcacheenabled: POLICY,
  authorizeremotetxrequests: 'free',
  blinkrepeat: 'free',
  clockaligneddatainterval: seconds(
    60,
    3600,
    'Costs are reckoned from readings at least once an hour, and more than one a minute floods the line',
  ),
  connectiontimeout: seconds(10, 3600, 'A driver needs time to plug in, and a port must not stay taken'),
  connectorphaserotation: PHASES,
  connectorphaserotationmaxlength: READ_ONLY,
  getconfigurationmaxkeys: READ_ONLY,
  heartbeatinterval: seconds(10, 86_400, 'Its clock is set with each heartbeat, and more than one in 10 s floods the line'),
  lightintensity: 'free',
  localauthorizeoffline: POLICY,
  localpreauthorize: POLICY,
  maxenergyoninvalidid: 'free',
  metervaluesaligneddata: BILLED,
  metervaluesaligneddatamaxlength: READ_ONLY,
  metervaluessampleddata: BILLED,
  metervaluessampleddatamaxlength: READ_ONLY,
  metervaluesampleinterval: seconds(5, 20, 'A charger that does not follow its limit must be seen within 60 s'),
  minimumstatusduration: seconds(0, 60, 'A state that is told later than after a minute is of no use to the plan'),
  numberofconnectors: READ_ONLY,
  resetretries: 'free',
  stoptransactiononevsidedisconnect: 'free',
  stoptransactiononinvalidid: 'free',
  stoptxnaligneddata: 'free',
  stoptxnaligneddatamaxlength: READ_ONLY,
  stoptxnsampleddata: 'free',
  stoptxnsampleddatamaxlength: READ_ONLY,
  supportedfeatureprofiles: { refused: 'Without smart charging the charger cannot be limited.' },
  supportedfeatureprofilesmaxlength: READ_ONLY,
  transactionmessageattempts: { from: 1, until: 100, unit: '', why: 'What is not told of a transaction cannot be billed' },
  transactionmessageretryinterval: seconds(1, 3600, 'What is told too late of a transaction is billed late'),
  unlockconnectoronevsidedisconnect: 'free',
  websocketpinginterval: seconds(5, 30, 'A dead connection must be seen within 45 s'),
  localauthlistenabled: POLICY,
  localauthlistmaxlength: READ_ONLY,
  sendlocallistmaxlength: READ_ONLY,
  reserveconnectorzerosupported: READ_ONLY,
  chargeprofilemaxstacklevel: ENVELOPE,
  chargingscheduleallowedchargingrateunit: ENVELOPE,
  chargingschedulemaxperiods: ENVELOPE,
  maxchargingprofilesinstalled: ENVELOPE,
  connectorswitch3to1phasesupported: PHASES,
  additionalrootcertificatecheck: LESS_SECURE,
  authorizationkey: OWN_VERB,
  basicauthpassword: OWN_VERB,
  certificatesignedmaxchainsize: READ_ONLY,
  certificatestoremaxlength: READ_ONLY,
  cponame: { refused: 'It is what the certificates of this charger must name: change it under Security.', ownedBy: 'security' },
  securityprofile: {
    refused: 'The security profile has an act of its own, which never lowers it and tries the new one before it counts.',
    ownedBy: 'security',
  },
  supportedfiletransferprotocols: READ_ONLY,
}

/** Makers' own keys that are refused whatever the site could carry. */
const MAKERS: [RegExp, Rule][] = [
  [
    /factory|(reset|restore|load).*defaults?|defaults?.*(reset|restore)|wipe|eraseall/i,
    { refused: 'A factory reset takes its limits, its key and its address: nobody could reach the charger any more.' },
  ],
  [
    /(central|csms|backend|backoffice|ocpp|server|host).*(url|uri|address|endpoint|host|port|path)|endpoint|websocket.?ur[il]|^ur[il]$|charge(box|point).?id|(ocpp|charger|station).?identity/i,
    {
      refused: 'It decides where the charger connects: a wrong value would take it away for good. Change it at the charger.',
      ownedBy: 'provisioning',
    },
  ],
  [/authori[sz]ation.?key|password|passwd|basic.?auth/i, OWN_VERB],
  [/security.?profile|\btls|cipher|certificate|^ssl/i, LESS_SECURE],
  [/^(chargeprofile|chargingschedule|maxchargingprofiles|chargingprofile|smart.?charging)/i, ENVELOPE],
  [
    /(max|limit|nominal|rated|grid|breaker|fuse|fallback|default|failsafe).*(current|power|amp)|(current|power|amp).*(max|limit|nominal|rated|fallback|failsafe)|load.?(balanc|manag)|dip.?switch/i,
    { refused: 'A limit of the maker may override ours: change the port in the site’s settings instead.' },
  ],
  [/(switch|rotat|number|num|count).*phase|phase.*(switch|rotat|number|count|mode)|3to1/i, PHASES],
  [/offline.*(auth|charg|tx|start|free)|free.?(mode|vend|charg)|plug.?(and|n|&).?charge|auto.?start/i, POLICY],
]

/** May this key be set to this value by a call? */
export function verdictOnKey(key: string, value: string): KeyVerdict {
  const rule = RULES[key.trim().toLowerCase()] ?? MAKERS.find(([pattern]) => pattern.test(key))?.[1]
  if (rule === undefined) return { kind: 'mayBeLimit' }
  if (rule === 'free') return { kind: 'free' }
  const refused = (reason: string, ownedBy?: 'offlinePolicy' | 'security' | 'provisioning'): KeyVerdict => ({
    kind: 'refused',
    reason,
    ...(ownedBy && { ownedBy }),
  })
  if ('refused' in rule) return refused(rule.refused, rule.ownedBy)
  if ('lists' in rule) {
    const said = value.split(',').map((word) => word.trim().toLowerCase())
    return said.includes(rule.lists.toLowerCase()) ? { kind: 'free' } : refused(`${rule.why}: ${rule.lists} must be in the list.`)
  }
  const number = /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : Number.NaN
  return number >= rule.from && number <= rule.until
    ? { kind: 'free' }
    : refused(`${rule.why}. It may be ${rule.from} to ${rule.until}${rule.unit}.`)
}

/** Why a key cannot be desired of chargers for good, in a sentence; undefined: it can. The offline policy's own keys can, for a model that needs it. */
export function whyNotDesired(key: string, value: string): string | undefined {
  const verdict = verdictOnKey(key, value)
  if (verdict.kind === 'refused' && verdict.ownedBy !== 'offlinePolicy') return verdict.reason
  if (isSecretKey(key)) return 'Its value is a secret, and what is desired is kept and shown: set it by a call, or at the charger.'
  return undefined
}
