import { decimal, withUnit } from './number.ts'

// Power and energy on the glass: from whole W and Wh to kW and kWh.

/** Measured or planned power, always one decimal: `64.4`. `watts` in W. */
export const kilowattsText = (watts: number, locale?: string): string => decimal(watts / 1000, 1, locale)

/** `64.4 kW` */
export const powerText = (watts: number, locale?: string): string => withUnit(kilowattsText(watts, locale), 'kW')

/** A limit is written as it was set: `80 kW`, `19.2 kW`, `3.75 kW`; from 50 kW on one decimal is enough: `96.3 kW`. */
export const limitText = (watts: number, locale?: string): string => withUnit(limitNumber(watts, locale), 'kW')
export const limitNumber = (watts: number, locale?: string): string => {
  const digits = watts % 1000 === 0 ? 0 : watts % 100 === 0 || watts >= 50_000 ? 1 : watts % 10 === 0 ? 2 : 3
  return decimal(watts / 1000, digits, locale)
}

/** Energy: one decimal under 100 kWh, whole above. `42.8 kWh`, `11,720 kWh`. `wattHours` in Wh. */
export const energyText = (wattHours: number, locale?: string): string =>
  withUnit(decimal(wattHours / 1000, Math.abs(wattHours) < 99_950 ? 1 : 0, locale), 'kWh')

/** Current of one phase, one decimal: `23.5 A`. `milliamps` in mA. */
export const currentText = (milliamps: number, locale?: string): string => withUnit(decimal(milliamps / 1000, 1, locale), 'A')
