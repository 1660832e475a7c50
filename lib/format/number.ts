// How numbers are written on the glass: grouping by locale, a real minus, a narrow no-break space before units.

/** U+202F: stands between a number and its unit and never breaks. */
export const THIN = '\u202f'
/** U+2212: as wide as a digit, unlike the hyphen. */
export const MINUS = '\u2212'

const formats = new Map<string, Intl.NumberFormat>()

/** A number with a fixed count of decimals, `1,212` or `98.4`. What rounds to zero carries no sign. */
export function decimal(value: number, digits: number, locale = 'en'): string {
  const key = `${locale}/${digits}`
  let format = formats.get(key)
  if (!format) {
    // a cache of pure results, not state: the same key always gives the same format
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: 'negative' })
    formats.set(key, format)
  }
  return format.format(value).replace('-', MINUS)
}

/** A count, `1,212`. */
export const count = (value: number, locale?: string): string => decimal(value, 0, locale)

/** A number and its unit with a thin space between, `64.4 kW`. */
export const withUnit = (text: string, unit: string): string => `${text}${THIN}${unit}`

/** A percentage from 0…100, whole for charge, `digits: 1` for KPIs: `47 %`. */
export const percent = (value: number, digits = 0, locale?: string): string => withUnit(decimal(value, digits, locale), '%')

/** `61 → 90 %`; an unknown charge is `?`, never 0. */
export const chargeToTarget = (soc: number | null, target: number): string => `${soc === null ? '?' : decimal(soc, 0)} → ${percent(target)}`

/** A difference with its sign always shown, `+0.6`, `−23`, `0.0`. */
export function signed(value: number, digits: number, locale?: string): string {
  const text = decimal(Math.abs(value), digits, locale)
  if (Number(Math.abs(value).toFixed(digits)) === 0) return text
  return `${value < 0 ? MINUS : '+'}${text}`
}

/** `one('van', 1)` = `1 van`, `one('van', 6)` = `6 vans`. */
export const counted = (n: number, singular: string, plural = `${singular}s`): string => `${count(n)} ${n === 1 ? singular : plural}`
