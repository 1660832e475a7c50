import type { SupplyView } from '#lib/api/board.ts'
import { kilowattsText, limitNumber, limitText, powerText } from '#lib/format/energy.ts'
import { counted } from '#lib/format/number.ts'

/** All that flows or may flow through the service connection, W: building, vehicles, and what is held for ports without a word. */
export const suppliedW = ({ baseW, vehiclesW, heldW }: SupplyView): number => baseW + vehiclesW + heldW

/** `64.4 of 80 kW: building 10.4, vehicles 50.2, held for port 09 3.8, free 15.6. Month's peak 66.4.` */
export const supplySentence = (supply: SupplyView): string =>
  [
    `${kilowattsText(suppliedW(supply))} of ${limitText(supply.capW)}: building ${kilowattsText(supply.baseW)}${supply.baseIsForecast ? ' (forecast)' : ''}`,
    `, vehicles ${kilowattsText(supply.vehiclesW)}`,
    supply.heldW > 0 && `, held for ${supply.heldFor ?? 'ports that do not answer'} ${kilowattsText(supply.heldW)}`,
    `, free ${kilowattsText(Math.max(0, supply.freeW))}.`,
    supply.peakW !== null && ` Month's peak ${kilowattsText(supply.peakW)}.`,
  ]
    .filter(Boolean)
    .join('')

/** The answer to "Are we under the cap?" in two pieces: what matters, and the month's peak. */
export function capAnswer(supply: SupplyView): { answer: string; peak: string | null; over: boolean } {
  const usedW = suppliedW(supply)
  const over = usedW > supply.capW
  const distance = powerText(Math.abs(supply.capW - usedW))
  return {
    over,
    answer: over
      ? `No: ${distance} over the ${limitNumber(supply.capW)} kW cap`
      : `Yes: ${distance} under the ${limitText(supply.capW)} cap`,
    peak:
      supply.peakW === null
        ? null
        : usedW <= supply.peakW
          ? `${powerText(supply.peakW - usedW)} under this month's peak`
          : `${powerText(usedW - supply.peakW)} above this month's peak`,
  }
}

/** `6 vans` that draw now. */
export const chargingText = ({ charging }: SupplyView): string => counted(charging, 'van')
