import type { Phase } from '#lib/units/units.ts'
import type { Schedule } from './schedule.ts'

/**
 * The lowest node above a seat that alone has no room, in kW or in A of a line, for the `later` steps it is to have; for one more, where it has
 * the most already (or where `later` is left out). −1: none is in the way.
 */
export const fullNode = (schedule: Schedule, v: number, slot: number, later = 0): number => {
  const { moreW, moreMa } = moreOf(schedule, v, slot, later)
  const { path, usedPhases } = schedule.board.seats[v]!
  for (let i = 0; i < path.length; i += 1) {
    const node = path[i]!
    if (schedule.room[node]![slot]! < moreW) return node
    const rows = schedule.roomMa[node]
    if (rows) for (const phase of usedPhases) if (rows[phase][slot]! < moreMa) return node
  }
  return -1
}

/** The lines of that node whose amperes are what is missing; none where its kW are. */
export const fullLines = (schedule: Schedule, v: number, slot: number, node: number, later = 0): Phase[] => {
  const { moreW, moreMa } = moreOf(schedule, v, slot, later)
  const rows = schedule.roomMa[node]
  if (schedule.room[node]![slot]! < moreW || !rows) return []
  return schedule.board.seats[v]!.usedPhases.filter((phase) => rows[phase][slot]! < moreMa)
}

/** The same node; the site itself where only what all may draw together is in the way. */
export const fullNodeOrSite = (schedule: Schedule, v: number, slot: number, later = 0): number => {
  const node = fullNode(schedule, v, slot, later)
  return node < 0 ? schedule.board.seats[v]!.path.at(-1)! : node
}

/** What nodes must have left for it: what the envelope keeps for its port is its own already. */
const moreOf = ({ board, steps }: Schedule, v: number, slot: number, later: number): { moreW: number; moreMa: number } => {
  const { stepW, minSteps, maxSteps, port, reservedMa } = board.seats[v]!
  const own = steps[v]![slot]!
  const wanted = Math.min(maxSteps, Math.max(minSteps, own + 1, later))
  const reservedW = port.reservedW[slot] ?? 0
  return {
    moreW: Math.max(stepW[wanted]!, reservedW) - Math.max(stepW[own]!, reservedW),
    moreMa: Math.max(wanted * port.stepMa, reservedMa[slot]!) - Math.max(own * port.stepMa, reservedMa[slot]!),
  }
}
