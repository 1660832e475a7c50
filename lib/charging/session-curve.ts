/** A reading of a session; times in UTC ms. */
export type CurveReading = { at: number; powerW: number | null; energyWh: number | null; socPct: number | null }
/** Power over `[from, until)`. Not `measured`: the mean that the register gives for a gap, or for a meter that tells no power. */
export type CurvePiece = { from: number; until: number; powerW: number; measured: boolean }

/** Longer without a reading (chargers that pause report each quarter hour): what happened between is only known as a sum. */
const GAP_MS = 20 * 60_000

/** Readings in the order of time as stretches of power. A stretch about which nothing is known is left out, never drawn as 0. */
export function powerPieces(readings: readonly CurveReading[]): CurvePiece[] {
  const pieces: CurvePiece[] = []
  readings.forEach((reading, index) => {
    const next = readings[index + 1]
    if (!next || next.at <= reading.at) return
    const { at: from, powerW } = reading
    const until = next.at
    if (powerW !== null && until - from <= GAP_MS) return pieces.push({ from, until, powerW, measured: true })
    if (reading.energyWh === null || next.energyWh === null || next.energyWh < reading.energyWh) return
    pieces.push({ from, until, powerW: Math.round(((next.energyWh - reading.energyWh) * 3_600_000) / (until - from)), measured: false })
  })
  return pieces
}

/** The state of charge as points, where it was told. */
export const socPoints = (readings: readonly CurveReading[]): { at: number; socPct: number }[] =>
  readings.flatMap(({ at, socPct }) => (socPct === null ? [] : [{ at, socPct }]))
