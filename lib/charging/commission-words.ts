import { counted } from '../format/number.ts'

/** A charger counts its connectors otherwise than they are registered. */
export const connectorsDiffer = (told: number, registered: number): string =>
  `It has ${counted(told, 'connector')}, ${registered} ${registered === 1 ? 'is' : 'are'} registered.`
