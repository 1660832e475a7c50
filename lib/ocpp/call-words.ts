import { type Instant, iso, minutes, plus } from '#lib/time/instant.ts'
import type { SendableAction } from './actions16.ts'
import { profileIds, unitOf } from './profile16.ts'
import type { Quirks } from './quirks.ts'

/** What is known of a charger when somebody begins a call to it. `at`: its port that is in use, else its first. */
export type CallGround = {
  at: number
  transactionId: number | undefined
  quirks: Quirks
  leastA: number
  leastW: number
  idTag: string
  listVersion: number
  now: Instant
}

type Words = { about: string; example: (ground: CallGround) => Record<string, unknown> }

const none = () => ({})
const port = ({ at }: CallGround) => ({ connectorId: at })
const later = ({ now }: CallGround, ms: number) => iso(plus((Math.floor(now / 1000) * 1000) as Instant, ms))

/** What each message is for, and a payload to begin with. */
export const CALL_WORDS: Record<SendableAction, Words> = {
  CancelReservation: { about: 'Gives a reserved port free again.', example: () => ({ reservationId: 1 }) },
  CertificateSigned: { about: 'Brings the charger the certificate that it asked for.', example: () => ({ certificateChain: '' }) },
  ChangeAvailability: {
    about: 'Takes a port in or out of use; connector 0 is the whole charger.',
    example: (ground) => ({ ...port(ground), type: 'Inoperative' }),
  },
  ChangeConfiguration: { about: 'Sets one key of its configuration.', example: () => ({ key: 'LightIntensity', value: '50' }) },
  ClearCache: { about: 'Has it forget which cards it let charge.', example: none },
  ClearChargingProfile: {
    about: 'Takes limits from it; ours are sent anew at once. Without any field: all of them.',
    example: (ground) => ({ id: profileIds(ground.at).limit }),
  },
  DataTransfer: { about: 'A message of the maker’s own.', example: () => ({ vendorId: '' }) },
  DeleteCertificate: {
    about: 'Removes a root certificate, named by its hashes.',
    example: () => ({ certificateHashData: { hashAlgorithm: 'SHA256', issuerNameHash: '', issuerKeyHash: '', serialNumber: '' } }),
  },
  ExtendedTriggerMessage: {
    about: 'Asks it to send a message now, as the security whitepaper has it.',
    example: () => ({ requestedMessage: 'StatusNotification' }),
  },
  GetCompositeSchedule: {
    about: 'Asks which limit is in force, now and for a while.',
    example: (ground) => ({ ...port(ground), duration: 86_400, chargingRateUnit: unitOf(ground) }),
  },
  GetConfiguration: { about: 'Reads its configuration: the keys that are named, or all.', example: none },
  GetDiagnostics: {
    about: 'Asks it to upload its diagnostics. Under Files this gives it an address of its own.',
    example: () => ({ location: 'https://files.example.com/upload/' }),
  },
  GetInstalledCertificateIds: {
    about: 'Asks which root certificates it holds.',
    example: () => ({ certificateType: 'CentralSystemRootCertificate' }),
  },
  GetLocalListVersion: { about: 'Asks which version of the local list it holds.', example: none },
  GetLog: {
    about: 'Asks it to upload its log. Under Files this gives it an address of its own.',
    example: () => ({ logType: 'DiagnosticsLog', requestId: 1, log: { remoteLocation: 'https://files.example.com/upload/' } }),
  },
  InstallCertificate: {
    about: 'Gives it a root certificate to trust.',
    example: () => ({ certificateType: 'CentralSystemRootCertificate', certificate: '' }),
  },
  RemoteStartTransaction: { about: 'Starts charging for a card.', example: (ground) => ({ ...port(ground), idTag: ground.idTag }) },
  RemoteStopTransaction: { about: 'Ends a transaction.', example: ({ transactionId }) => ({ transactionId: transactionId ?? 0 }) },
  ReserveNow: {
    about: 'Keeps a port free for a card until a moment.',
    example: (ground) => ({ ...port(ground), expiryDate: later(ground, minutes(60)), idTag: ground.idTag, reservationId: 1 }),
  },
  Reset: { about: 'Restarts it: soft in good order, hard as if its power were cut.', example: () => ({ type: 'Soft' }) },
  SendLocalList: {
    about: 'Gives it the list of cards it may let charge while it is offline. The depot’s own list is sent by itself.',
    example: ({ idTag, listVersion }) => ({
      listVersion: listVersion + 1,
      localAuthorizationList: [{ idTag, idTagInfo: { status: 'Accepted' } }],
      updateType: 'Differential',
    }),
  },
  SetChargingProfile: { about: 'Sets a limit in the plan’s own slot. The plan takes it back when it sends its next.', example: profile },
  SignedUpdateFirmware: {
    about: 'Has it fetch and install signed firmware. Under Files an image gets an address of its own.',
    example: (ground) => ({
      requestId: 1,
      firmware: {
        location: 'https://files.example.com/image.bin',
        retrieveDateTime: later(ground, 0),
        signingCertificate: '',
        signature: '',
      },
    }),
  },
  TriggerMessage: { about: 'Asks it to send a message now.', example: () => ({ requestedMessage: 'StatusNotification' }) },
  UnlockConnector: { about: 'Frees a plug that is locked in; a session there ends.', example: port },
  UpdateFirmware: {
    about: 'Has it fetch and install firmware. Under Files an image gets an address of its own.',
    example: (ground) => ({ location: 'https://files.example.com/image.bin', retrieveDate: later(ground, 0) }),
  },
}

/** Our slot of the port: the running session's limit, or the fallback while none runs; at the least power. */
function profile(ground: CallGround): Record<string, unknown> {
  const { at, transactionId, quirks, leastA, leastW } = ground
  const unit = unitOf(ground)
  const periods = [{ startPeriod: 0, limit: unit === 'A' ? leastA : leastW }]
  const ids = profileIds(at)
  const own =
    transactionId === undefined
      ? { chargingProfileId: ids.fallback, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative' }
      : { chargingProfileId: ids.limit, transactionId, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Absolute' }
  const start = transactionId === undefined ? {} : { startSchedule: later(ground, -minutes(1)) }
  return {
    connectorId: at,
    csChargingProfiles: {
      ...own,
      stackLevel: quirks.stackLevel,
      chargingSchedule: { ...start, chargingRateUnit: unit, chargingSchedulePeriod: periods },
    },
  }
}
