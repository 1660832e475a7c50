import { NOTHING } from './amounts.ts'
import type { Settling } from './settle.ts'

/**
 * Who has something in a slot or goes on from the one before it: charging at full power, at less of it, and not charging yet; of each those that
 * must begin first to be ready.
 */
export const whoIsHere = ({ schedule, amounts, changes, wasOn }: Settling, byLatest: Int32Array, restless: ReadonlySet<number>) => {
  const { network, most, ahead, debt, has, words } = amounts
  const { seats, slots, boardSeat, from, until } = network
  const of = Array.from(boardSeat, (v) => schedule.board.seats[v]!)
  const fullSteps = Int32Array.from(of, ({ maxSteps }) => maxSteps)
  const mostChanges = Float64Array.from(of, ({ port }) => port.maxPeriods)
  const isRestless = Uint8Array.from(boardSeat, (v) => (restless.has(v) ? 1 : 0))
  const { cells } = schedule
  return (t: number): { goOn: number[]; partly: number[]; idle: number[] } => {
    const here = { goOn: [] as number[], partly: [] as number[], idle: [] as number[] }
    const [word, bit] = [t >> 5, 1 << (t & 31)]
    for (let x = 0; x < seats; x += 1) {
      const i = byLatest[x]!
      const was = wasOn[i]!
      if (was === 0 && (has[i * words + word]! & bit) === 0) continue
      wasOn[i] = 0
      if (t < from[i]! || t >= until[i]! || most[i * slots + t] === 0) continue
      if ((has[i * words + word]! & bit) === 0 && ahead[i]! + debt[i]! <= NOTHING) continue
      if (t > 1 && was !== cells[boardSeat[i]! * slots + t - 2]!) changes[i]! += 1
      if (isRestless[i] === 1) changes[i] = mostChanges[i]!
      const isCalm = changes[i]! * 2 < mostChanges[i]!
      const turn = was === 0 ? here.idle : was === fullSteps[i] || !isCalm ? here.goOn : here.partly
      turn.push(i)
    }
    return here
  }
}
