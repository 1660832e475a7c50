import type { Instant } from '#lib/time/instant.ts'
import { localIso, type Zone } from '#lib/time/zone.ts'

/** Version of the columns below; it changes when one is added, removed or means something else. Described in docs/how-to/read-sessions-csv.md. */
export const SESSIONS_CSV_VERSION = 1

export type SessionCsvRow = {
  id: number
  startedAt: Instant
  stoppedAt: Instant | null
  chargerName: string
  portNumber: number
  bay: string
  vehicleName: string | null
  driverName: string | null
  idTag: string
  costCentre: string | null
  meterStartWh: number
  meterStopWh: number | null
  energyWh: number
  /** Null: no tariff was in force. */
  costMinor: number | null
  currency: string
  estimated: boolean
  stopReason: string | null
  flags: string[]
}

type Cell = string | number
type Column = { name: string; of: (row: SessionCsvRow, zone: Zone) => Cell }

/** Depot time with its offset; energy in kWh with three decimals, money with two: exact, so that rows sum to the list's totals. */
const COLUMNS: Column[] = [
  { name: `session_v${SESSIONS_CSV_VERSION}`, of: ({ id }) => id },
  { name: 'started_at', of: ({ startedAt }, zone) => localIso(startedAt, zone) },
  { name: 'stopped_at', of: ({ stoppedAt }, zone) => (stoppedAt === null ? '' : localIso(stoppedAt, zone)) },
  { name: 'time_zone', of: (_, zone) => zone },
  { name: 'charger', of: ({ chargerName }) => safeText(chargerName) },
  { name: 'port', of: ({ portNumber }) => portNumber },
  { name: 'bay', of: ({ bay }) => safeText(bay) },
  { name: 'vehicle', of: ({ vehicleName }) => safeText(vehicleName) },
  { name: 'driver', of: ({ driverName }) => safeText(driverName) },
  { name: 'id_tag', of: ({ idTag }) => safeText(idTag) },
  { name: 'cost_centre', of: ({ costCentre }) => safeText(costCentre) },
  { name: 'meter_start_kwh', of: ({ meterStartWh }) => decimalText(meterStartWh, 3) },
  { name: 'meter_stop_kwh', of: ({ meterStopWh }) => (meterStopWh === null ? '' : decimalText(meterStopWh, 3)) },
  { name: 'energy_kwh', of: ({ energyWh }) => decimalText(energyWh, 3) },
  { name: 'cost', of: ({ costMinor }) => (costMinor === null ? '' : decimalText(costMinor, 2)) },
  { name: 'currency', of: ({ currency }) => safeText(currency) },
  { name: 'cost_estimated', of: ({ estimated, costMinor }) => (estimated || costMinor === null ? 'yes' : 'no') },
  { name: 'state', of: ({ stoppedAt }) => (stoppedAt === null ? 'open' : 'closed') },
  { name: 'stop_reason', of: ({ stopReason }) => safeText(stopReason) },
  { name: 'flags', of: ({ flags }) => safeText(flags.join(' ')) },
]

export const sessionsCsvHeader: string[] = COLUMNS.map(({ name }) => name)
export const sessionCsvCells = (row: SessionCsvRow, zone: Zone): Cell[] => COLUMNS.map(({ of }) => of(row, zone))

/**
 * Text that no spreadsheet takes for a formula: NUL is removed, and a cell that begins with = + - @ TAB or CR (also behind blanks, or in
 * full width) gets a leading '. Source: OWASP, ASVS 1.2.10, CWE-1236.
 */
export const safeText = (text: string | null): string => {
  const clean = (text ?? '').replaceAll('\u0000', '')
  return /^[ \u00a0\ufeff]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(clean) ? `'${clean}` : clean
}

/** A whole number of thousandths or hundredths with a decimal point, exactly: `decimalText(-5, 2)` is `-0.05`. */
export function decimalText(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, '0')
  return `${value < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}
