import { type Quirks, quirks } from './quirks.ts'

export type ConfigurationItem = { key: string; value: string | null; readonly: boolean }

/** What GetConfiguration tells about the charger (1.6 §9). A level that was fixed before stays: profiles must replace their own kind. */
export function quirksFrom(items: ConfigurationItem[], before: unknown): Quirks {
  const value = (key: string) => findItem(items, key)?.value ?? undefined
  const count = (key: string) => {
    const number = Number(value(key) ?? Number.NaN)
    return Number.isInteger(number) && number >= 0 ? number : undefined
  }
  const list = (key: string) =>
    value(key)
      ?.split(',')
      .map((word) => word.trim().toLowerCase())
  const units = list('ChargingScheduleAllowedChargingRateUnit')?.flatMap((unit): ('A' | 'W')[] =>
    ['current', 'a'].includes(unit) ? ['A'] : ['power', 'w'].includes(unit) ? ['W'] : [],
  )
  const features = list('SupportedFeatureProfiles')
  const known = typeof before === 'object' && before !== null ? before : {}
  return quirks.parse({
    stackLevel: count('ChargeProfileMaxStackLevel') ?? 0,
    ...known,
    ...(units?.length ? { units } : {}),
    maxPeriods: Math.max(1, count('ChargingScheduleMaxPeriods') ?? 6),
    ...(count('NumberOfConnectors') ? { connectors: count('NumberOfConnectors') } : {}),
    ...(count('MaxChargingProfilesInstalled') === undefined ? {} : { maxProfiles: count('MaxChargingProfilesInstalled') }),
    ...(features
      ? {
          smartCharging: features.includes('smartcharging'),
          remoteTrigger: features.includes('remotetrigger'),
          reserves: features.includes('reservation'),
        }
      : {}),
  })
}

export type Setting = {
  key: string
  value: string /** Asked one after the other until one is accepted. */
  orElse?: string[]
  needed: boolean
}

const MEASURANDS = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'SoC']

/** What is wanted of every charger; lib/ocpp/wanted-settings.ts has the whole list. Intervals are the device's own seconds. */
export const wantedSettings: Setting[] = [
  { key: 'MeterValueSampleInterval', value: '15', orElse: ['20'], needed: true },
  {
    key: 'MeterValuesSampledData',
    value: MEASURANDS.join(','),
    orElse: [MEASURANDS.slice(0, 3).join(','), MEASURANDS.slice(0, 2).join(','), MEASURANDS[0]!],
    needed: true,
  },
  { key: 'ClockAlignedDataInterval', value: '900', needed: false },
  { key: 'MeterValuesAlignedData', value: MEASURANDS[0]!, needed: false },
  { key: 'HeartbeatInterval', value: '300', needed: false },
  { key: 'WebSocketPingInterval', value: '20', needed: false },
  { key: 'AuthorizeRemoteTxRequests', value: 'false', needed: false },
]

export const findItem = (items: ConfigurationItem[], key: string): ConfigurationItem | undefined =>
  items.find((item) => item.key.toLowerCase() === key.toLowerCase())

/** Without case, and lists without their order. */
export const sameValue = (one: string | null | undefined, other: string): boolean => normal(one ?? '') === normal(other)
const normal = (text: string): string =>
  text
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
    .sort()
    .join(',')
