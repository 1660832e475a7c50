// Who may ask what in OCPP 1.6 with the security whitepaper (39 actions). The tables decide between NotSupported and NotImplemented.

/** Calls a charger makes: each has a file in server/ocpp/messages16. */
export const chargerActions = [
  'Authorize',
  'BootNotification',
  'DataTransfer',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'LogStatusNotification',
  'MeterValues',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
] as const
export type ChargerAction = (typeof chargerActions)[number]

/** Calls the central system makes; a charger that sends one gets NotSupported. DataTransfer goes both ways. */
export const centralActions = [
  'CancelReservation',
  'CertificateSigned',
  'ChangeAvailability',
  'ChangeConfiguration',
  'ClearCache',
  'ClearChargingProfile',
  'DeleteCertificate',
  'ExtendedTriggerMessage',
  'GetCompositeSchedule',
  'GetConfiguration',
  'GetDiagnostics',
  'GetInstalledCertificateIds',
  'GetLocalListVersion',
  'GetLog',
  'InstallCertificate',
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'ReserveNow',
  'Reset',
  'SendLocalList',
  'SetChargingProfile',
  'SignedUpdateFirmware',
  'TriggerMessage',
  'UnlockConnector',
  'UpdateFirmware',
] as const
export type CentralAction = (typeof centralActions)[number]
/** All that may be sent to a charger. */
export type SendableAction = CentralAction | 'DataTransfer'
export const sendableActions: readonly SendableAction[] = [...centralActions, 'DataTransfer']

const fromCharger = new Set<string>(chargerActions)
const fromCentral = new Set<string>(centralActions)
export const isChargerAction = (action: string): action is ChargerAction => fromCharger.has(action)
export const isCentralAction = (action: string): action is CentralAction => fromCentral.has(action)

const known = new Set([...chargerActions, ...centralActions].map((action) => action.toLowerCase()))
/** One of the 39, however it is written. */
export const isAction = (name: string): boolean => known.has(name.toLowerCase())
