import { flagSentence } from '../charging/review-words.ts'

/** Kinds that the journal can be filtered by: the first part of `kind`, and its name for a person. */
export const JOURNAL_KINDS = [
  { kind: 'review', label: 'To review' },
  { kind: 'security', label: 'Security' },
  { kind: 'safety', label: 'Safety' },
  { kind: 'limit', label: 'Limits' },
  { kind: 'command', label: 'Commands' },
  { kind: 'session', label: 'Sessions' },
  { kind: 'setting', label: 'Settings' },
  { kind: 'charger', label: 'Chargers' },
  { kind: 'token', label: 'Cards' },
  { kind: 'reservation', label: 'Reservations' },
  { kind: 'export', label: 'Exports' },
  { kind: 'vehicle', label: 'Vehicles' },
  { kind: 'change', label: 'Other changes' },
] as const

const WORDS: Record<string, string> = {
  'session.started': 'A session started',
  'session.plugAndGo': 'A session started by plugging in',
  'session.wentOn': 'Charging went on after the charger restarted',
  'setting.changed': 'A setting was changed',
  'export.sessions': 'Sessions were exported',
  'charger.added': 'A charger was added',
  'charger.checkStarted': 'A compatibility check began',
  'charger.checked': 'A charger was checked for compatibility',
  'charger.checkCancelled': 'A compatibility check was cancelled',
  'charger.checkBroken': 'A compatibility check broke off',
  'charger.waysLearnt': 'The ways of a charger’s model became known',
  'charger.newKey': 'A charger got a new key',
  'charger.keyRotation': 'A new key is sent to a charger',
  'charger.keyRefused': 'A charger refused its new key',
  'charger.keyRotationGivenUp': 'A new key was given up',
  'charger.changed': 'A charger was changed',
  'charger.portsChanged': 'The ports of a charger were changed',
  'charger.accepted': 'A charger was accepted',
  'charger.pending': 'A charger waits for approval',
  'charger.rejected': 'A charger was rejected',
  'charger.retired': 'A charger was retired',
  'charger.restored': 'A charger was restored',
  'charger.imported': 'Chargers were imported',
  'user.created': 'A person may sign in',
  'user.changed': 'A person’s rights were changed',
  'user.disabled': 'A person may no longer sign in',
  'user.enabled': 'A person may sign in again',
  'user.newPassword': 'A person got a new password',
  'review.notAccepted': 'A charger that is not accepted said more than it may',
  'review.badMessage': 'A charger sent what is no message',
  'review.badPayload': 'A charger sent messages that break the protocol',
  'review.unknownAction': 'A charger sent messages that the protocol does not know',
  'review.unexpectedAction': 'A charger asked what only we ask',
  'review.meterForUnknown': 'Meter values of a session that is not known',
  'review.socketError': 'A charger’s connection broke with an error',
  'review.clockSkew': 'A charger’s clock is wrong',
  'review.flood': 'A charger floods us with messages',
  'review.failed': 'A message could not be handled',
  'review.extraProperties': 'A charger’s messages have properties that the protocol does not know',
  'charger.configured': 'A charger’s settings were changed',
  'charger.listSynced': 'A charger got its list of cards',
  'charger.cacheCleared': 'A charger forgot the cards it had seen',
  'review.drift': 'A charger is not set as it should be',
  'review.localList': 'A charger did not take its list of cards',
  'review.reservationNumber': 'A reservation’s number is another charger’s',
  'token.added': 'A card was added',
  'token.changed': 'A card was changed',
  'token.blocked': 'A card was blocked',
  'token.unblocked': 'A card may charge again',
  'token.removed': 'A card was removed',
  'token.accepted': 'A card was accepted',
  'token.refused': 'A card was refused',
  'reservation.asked': 'A charger was asked to keep a port',
  'reservation.accepted': 'A charger keeps a port',
  'reservation.refused': 'A charger keeps no port',
  'reservation.unknown': 'A charger did not answer a reservation',
  'reservation.used': 'A reservation was used',
  'reservation.cancelled': 'A reservation was cancelled',
  'reservation.expired': 'A reservation ran out',
  'charger.logAsked': 'A charger was asked for a log',
  'charger.log': 'A charger told how its log goes',
  'charger.fileReceived': 'A file arrived',
  'charger.fileOpened': 'A file was downloaded',
  'charger.firmwareWanted': 'A firmware update was asked for',
  'charger.firmwareAsked': 'A charger was told to update its firmware',
  'charger.firmware': 'A firmware update moved on',
  'charger.firmwareAnnounced': 'A firmware image was announced',
  'charger.firmwareImage': 'A firmware image arrived',
  'charger.firmwareRemoved': 'A firmware image was removed',
  'security.firmwareFailed': 'A firmware update failed',
  'review.fileRefused': 'A file was refused',
  'review.fileStorage': 'A file could not be written to the disk',
  'review.firmwareLate': 'A word about an update after its end',
  'review.firmwareUnasked': 'News of an update that nobody asked for',
  'review.logLate': 'A word about a log after its end',
  'review.logUnasked': 'News of a log that nobody asked for',
  'depot.added': 'The depot was added',
  'apiKey.created': 'An API key was made',
  'apiKey.revoked': 'An API key was revoked',
  'limit.refused': 'A limit was refused',
  'plan.failed': 'No new plan could be made; the last one stays in force',
  'limit.budgetSpent': 'A charger had its limits of the day',
  'safety.treeRefused': 'The site cannot be kept under its limits',
  'safety.meterLost': 'The meter of the building’s load is silent',
  'safety.meterBack': 'The meter of the building’s load is back',
  'safety.held': 'A port was held for safety',
  'safety.released': 'A port was released',
  'security.replaced': 'A charger’s connection was replaced by another',
  'security.tooManyFailures': 'Too many failed tries to connect',
  'security.refused': 'A charger was refused: wrong or no credentials',
  'security.triedLive': 'Somebody tried to connect as a connected charger',
  'security.profileTooLow': 'A charger came less protected than it must',
  'security.tooManyConnections': 'Too many connections',
  'security.tooManyMessages': 'A charger floods us with messages',
  'security.chargerEvent': 'A charger reported a security event',
  'security.requestRefused': 'A charger’s request for a certificate was refused',
  'security.certificateAsked': 'A charger asked for a certificate',
  'security.certificateAskedAgain': 'A charger asked again for its certificate',
  'security.certificateTaken': 'A charger took its certificate',
  'security.certificateRefused': 'A charger did not take its certificate',
  'security.certificateRevoked': 'A charger’s certificate was revoked',
  'security.rootCertificate': 'A root certificate of ours',
  'security.serverCertificate': 'A server certificate of ours',
  'security.nextRoot': 'The next root was made',
  'security.rootChanged': 'The server certificate comes from the next root',
  'security.seen': 'A security alert was acknowledged',
  'charger.nextKeyTaken': 'A charger came with its new key',
  'charger.profileRaised': 'A charger’s security profile rose',
  'charger.profileWishTakenBack': 'A charger need not rise in its security profile',
  'charger.noPassword': 'A charger may come without a password',
  'charger.serialRegistered': 'A charger’s serial was registered',
  'vehicle.state': 'A vehicle told its state',
  'review.driverReport': 'A driver reported a problem',
  'review.commission': 'A charger could not be set up',
  change: 'Something was changed',
}

/** What a line of the journal tells, without its data. */
export function journalWords(kind: string): string {
  const known = WORDS[kind]
  if (known) return known
  const [first, ...rest] = kind.split('.')
  const tail = rest.join('.')
  if (first === 'review') return flagSentence(tail).replace(/\.$/, '')
  if (first === 'command') return `Asked of a charger: ${spaced(tail)}`
  return capital(spaced(kind.replaceAll('.', ' ')))
}

/** `user:123` is a person, `charger:C7` a charger, `key:…` a machine. */
export function actorWords(actor: string): string {
  const [kind, ...rest] = actor.split(':')
  const id = rest.join(':')
  if (id === '') return actor
  return { user: `person ${short(id)}`, key: `API key ${short(id)}`, charger: `charger ${id}` }[kind ?? ''] ?? actor
}

const spaced = (text: string): string => text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const short = (id: string): string => (/^[0-9a-f]{8}-/.test(id) ? id.slice(0, 8) : id.replace(/^user-/, ''))
