import type { Model } from './model.ts'

// The configuration keys of a 1.6 charger (§9): a table of default, access and check.

type Check = (value: string) => boolean
type Key = { value: string; access: 'readWrite' | 'readOnly' | 'writeOnly'; check: Check; reboot?: boolean }

export const MOST_CERTIFICATES = 10
/** Tags in the local list, and in one message of it. */
export const MOST_LISTED = 1_000
export const MOST_LISTED_AT_ONCE = 200

const isBoolean: Check = (value) => /^(true|false)$/i.test(value)
const isCount: Check = (value) => /^\d{1,9}$/.test(value)
const MEASURANDS = new Set([
  'Energy.Active.Import.Register',
  'Power.Active.Import',
  'Power.Offered',
  'Current.Import',
  'Current.Offered',
  'Voltage',
  'SoC',
])
const areMeasurands: Check = (value) => value === '' || value.split(',').every((name) => MEASURANDS.has(name.trim()))

const flag = (value: boolean): Key => ({ value: String(value), access: 'readWrite', check: isBoolean })
const count = (value: number): Key => ({ value: String(value), access: 'readWrite', check: isCount })
const measurands = (value: string): Key => ({ value, access: 'readWrite', check: areMeasurands })
const fixed = (value: string | number): Key => ({ value: String(value), access: 'readOnly', check: () => false })

function keys(model: Model, ports: number): Record<string, Key> {
  const units = model.units.map((unit) => (unit === 'A' ? 'Current' : 'Power')).join(',')
  return {
    AllowOfflineTxForUnknownId: flag(false),
    AuthorizationCacheEnabled: flag(true),
    AuthorizeRemoteTxRequests: flag(false),
    ClockAlignedDataInterval: count(0),
    ConnectionTimeOut: count(120),
    ConnectorPhaseRotation: { value: 'NotApplicable', access: 'readWrite', check: (value) => value.length <= 500 },
    GetConfigurationMaxKeys: fixed(100),
    HeartbeatInterval: count(300),
    LocalAuthListEnabled: flag(true),
    ReserveConnectorZeroSupported: fixed('true'),
    AdditionalRootCertificateCheck: fixed('false'),
    CertificateSignedMaxChainSize: fixed(10_000),
    CertificateStoreMaxLength: fixed(MOST_CERTIFICATES),
    SupportedFileTransferProtocols: fixed('HTTP,HTTPS'),
    LocalAuthListMaxLength: fixed(MOST_LISTED),
    LocalAuthorizeOffline: flag(true),
    LocalPreAuthorize: flag(false),
    MeterValuesAlignedData: measurands('Energy.Active.Import.Register'),
    MeterValuesSampledData: measurands('Energy.Active.Import.Register,Power.Active.Import'),
    MeterValueSampleInterval: count(60),
    NumberOfConnectors: fixed(ports),
    ResetRetries: count(3),
    SendLocalListMaxLength: fixed(MOST_LISTED_AT_ONCE),
    StopTransactionOnEVSideDisconnect: flag(true),
    StopTransactionOnInvalidId: flag(true),
    StopTxnAlignedData: measurands(''),
    StopTxnSampledData: measurands(''),
    SupportedFeatureProfiles: fixed(features(model)),
    TransactionMessageAttempts: count(3),
    TransactionMessageRetryInterval: count(20),
    UnlockConnectorOnEVSideDisconnect: flag(true),
    WebSocketPingInterval: count(30),
    ChargeProfileMaxStackLevel: fixed(model.maxStackLevel),
    ChargingScheduleAllowedChargingRateUnit: fixed(units),
    ChargingScheduleMaxPeriods: fixed(model.maxPeriods),
    MaxChargingProfilesInstalled: fixed(model.maxProfiles),
    ConnectorSwitch3to1PhaseSupported: fixed(String(model.wires.switchesPhases)),
    SecurityProfile: { value: '1', access: 'readWrite', check: (value) => /^[0-3]$/.test(value) },
    AuthorizationKey: { value: '', access: 'writeOnly', check: (value) => value.length >= 16 && value.length <= 40 },
    CpoName: { value: '', access: 'readWrite', check: (value) => value.length <= 255, reboot: true },
  }
}

/** Named without what the model lacks. */
const features = ({ lacks }: Model): string =>
  Object.entries(FEATURES)
    .filter(([, action]) => !lacks.includes(action))
    .map(([name]) => name)
    .join(',')
const FEATURES = {
  Core: 'BootNotification',
  FirmwareManagement: 'UpdateFirmware',
  LocalAuthListManagement: 'SendLocalList',
  Reservation: 'ReserveNow',
  SmartCharging: 'SetChargingProfile',
  RemoteTrigger: 'TriggerMessage',
}

/** Name → value as stored; only keys that can change are remembered. */
export const defaultConfiguration = (model: Model, ports: number): Record<string, string> =>
  Object.fromEntries(Object.entries(keys(model, ports)).flatMap(([name, key]) => (key.access === 'readWrite' ? [[name, key.value]] : [])))

export type ConfigurationItem = { key: string; readonly: boolean; value?: string }

export function listConfiguration(stored: Record<string, string>, model: Model, ports: number, wanted: readonly string[] = []) {
  const table = keys(model, ports)
  const names = wanted.length > 0 ? wanted.filter((name) => name in table) : Object.keys(table)
  const configurationKey = names.flatMap((name): ConfigurationItem[] => {
    const key = table[name]
    if (!key || key.access === 'writeOnly') return []
    return [{ key: name, readonly: key.access === 'readOnly', value: stored[name] ?? key.value }]
  })
  return { configurationKey, unknownKey: wanted.filter((name) => table[name] === undefined || table[name].access === 'writeOnly') }
}

export type Change = 'Accepted' | 'Rejected' | 'RebootRequired' | 'NotSupported'

/** ChangeConfiguration (§5.4): stores the value, or tells why not. AuthorizationKey is stored by the caller: it is nobody's to read. */
export function changeConfiguration(stored: Record<string, string>, model: Model, ports: number, name: string, value: string): Change {
  const key = keys(model, ports)[name]
  if (!key) return 'NotSupported'
  if (key.access === 'readOnly' || !key.check(value)) return 'Rejected'
  if (key.access === 'readWrite') stored[name] = value
  return key.reboot ? 'RebootRequired' : 'Accepted'
}
