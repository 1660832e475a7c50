import { decimal, MINUS, withUnit } from './number.ts'

// Money and prices on the glass. Amounts come in minor units (cents), prices in micro units of the currency per kWh.

/** How a currency is written and what its hundredth is called. Others are written with their ISO code. */
const SIGNS: Record<string, { sign: string; cent: string }> = {
  EUR: { sign: '€', cent: 'ct' },
  USD: { sign: '$', cent: '¢' },
  GBP: { sign: '£', cent: 'p' },
}
const signOf = (currency: string): string => SIGNS[currency]?.sign ?? `${currency}\u00a0`

/** With cents up to 1,000, whole above: `€142.07`, `€3,364`, `−$9.48`. `amountMinor` in cents. */
export function moneyText(amountMinor: number, currency: string, locale?: string): string {
  const size = Math.abs(amountMinor)
  const text = decimal(size / 100, size < 100_000 ? 2 : 0, locale)
  return `${amountMinor < 0 ? MINUS : ''}${signOf(currency)}${text}`
}

/** A difference: `+€35.28`, `−€4.10`, `€0.00`. */
export const moneyChange = (amountMinor: number, currency: string, locale?: string): string =>
  `${amountMinor > 0 ? '+' : ''}${moneyText(amountMinor, currency, locale)}`

/** Always with cents, for a bill's lines that must be seen to add up: `€3,364.00`. */
export const moneyExact = (amountMinor: number, currency: string, locale?: string): string =>
  `${amountMinor < 0 ? MINUS : ''}${signOf(currency)}${decimal(Math.abs(amountMinor) / 100, 2, locale)}`

/** A price in hundredths, one decimal: `19.8 ct`. `microPerKwh`: millionths of the currency's unit per kWh. */
export const centText = (microPerKwh: number, currency: string, locale?: string): string =>
  withUnit(centNumber(microPerKwh, locale), SIGNS[currency]?.cent ?? `${currency}/100`)
export const centNumber = (microPerKwh: number, locale?: string): string => decimal(microPerKwh / 10_000, 1, locale)

/** `19.8 ct/kWh` */
export const priceText = (microPerKwh: number, currency: string, locale?: string): string =>
  `${centText(microPerKwh, currency, locale)}/kWh`

/** A mean price in whole units, three decimals: `€0.287`. */
export const unitPriceText = (microPerKwh: number, currency: string, locale?: string): string =>
  `${microPerKwh < 0 ? MINUS : ''}${signOf(currency)}${decimal(Math.abs(microPerKwh) / 1_000_000, 3, locale)}`

/** Is it a currency's three letters, in whatever case? */
export const isCurrency = (code: string): boolean => Intl.supportedValuesOf('currency').includes(code.toUpperCase())
