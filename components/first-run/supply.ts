import type { Wiring } from '#lib/units/units.ts'

/** What the form holds of the service connection: volts as they are typed. */
export type Supply = { wiring: Wiring; volts: string }

/** Volts between the two conductors of one load, where each wiring is usual. */
export const USUAL_VOLTS: Record<Wiring, string> = { 'L-L': '240', 'L-N': '230' }

/** Another wiring brings its usual volts, unless somebody has typed others. */
export const rewired = ({ wiring, volts }: Supply, to: Wiring): Supply => ({
  wiring: to,
  volts: volts.trim() === '' || volts.trim() === USUAL_VOLTS[wiring] ? USUAL_VOLTS[to] : volts,
})
