/** Columns of a list of chargers; docs/how-to/connect-a-charger.md tells what each means. */
export const CHARGER_COLUMNS = [
  'identity',
  'name',
  'node',
  'bay',
  'ports',
  'max_kw',
  'min_a',
  'volts',
  'phases',
  'wiring',
  'connector',
  'group',
  'serial',
  'protocol',
  'lenient',
  'registration',
  'key',
] as const
export type ChargerColumn = (typeof CHARGER_COLUMNS)[number]
