import { type Board, type Seat, WH } from './board.ts'

/** Steps of current per seat and slot, with the room they leave. Changed only through `setSteps`. */
export type Schedule = {
  board: Board
  steps: number[][]
  room: Board['room']
  roomMa: Board['roomMa']
  /** What all vehicles together may still draw. */
  siteW: Float64Array
  /** Which seat uses a port in a slot; −1 = none. */
  user: number[][]
}

export const emptySchedule = (board: Board): Schedule => ({
  board,
  steps: board.seats.map(() => new Array(board.slots).fill(0)),
  room: board.room.map((row) => row.slice()),
  roomMa: board.roomMa.map((rows) => rows && { l1: rows.l1.slice(), l2: rows.l2.slice(), l3: rows.l3.slice() }),
  siteW: board.siteW.slice(),
  user: board.input.ports.map(() => new Array(board.slots).fill(-1)),
})

export const copyOf = (schedule: Schedule): Schedule => ({
  ...schedule,
  steps: schedule.steps.map((row) => row.slice()),
  room: schedule.room.map((row) => row.slice()),
  roomMa: schedule.roomMa.map((rows) => rows && { l1: rows.l1.slice(), l2: rows.l2.slice(), l3: rows.l3.slice() }),
  siteW: schedule.siteW.slice(),
  user: schedule.user.map((row) => row.slice()),
})

/** Most steps the seat may have in a slot under every node, its own present steps counted as free: 0, or at least its minimum. */
export const stepsFree = (schedule: Schedule, v: number, t: number): number => {
  const { seats } = schedule.board
  const seat = seats[v]!
  const user = schedule.user[seat.portIndex]![t]!
  if (user !== -1 && user !== v) return 0
  const own = schedule.steps[v]![t]!
  const { path, stepW, port } = seat
  let left = Number.POSITIVE_INFINITY
  for (let i = 0; i < path.length; i += 1) left = Math.min(left, schedule.room[path[i]!]![t]!)
  // already over without us (base load, reserves): nothing is given there
  if (left < 0) return 0
  const site = schedule.siteW[t]!
  let steps = stepsUnder(seat, Math.min(left + Math.max(stepW[own]!, port.reservedW[t] ?? 0), Math.max(0, site) + stepW[own]!))
  if (steps < seat.minSteps) return 0
  for (let i = 0; i < path.length; i += 1) {
    const rows = schedule.roomMa[path[i]!]
    if (!rows) continue
    const mine = ownMa(seat, own, t)
    for (const phase of seat.usedPhases) {
      if (rows[phase][t]! < 0) return 0
      steps = Math.min(steps, Math.floor((rows[phase][t]! + mine) / port.stepMa))
    }
  }
  return steps < seat.minSteps ? 0 : steps
}

/** Gives the seat `steps` in a slot; the caller has asked `stepsFree`. */
export const setSteps = (schedule: Schedule, v: number, t: number, steps: number): void => {
  const seat = schedule.board.seats[v]!
  const before = schedule.steps[v]![t]!
  if (steps === before) return
  const { path, stepW, port, usedPhases } = seat
  const reserved = port.reservedW[t] ?? 0
  const moreW = Math.max(stepW[steps]!, reserved) - Math.max(stepW[before]!, reserved)
  const moreMa = ownMa(seat, steps, t) - ownMa(seat, before, t)
  for (let i = 0; i < path.length; i += 1) {
    schedule.room[path[i]!]![t]! -= moreW
    const rows = schedule.roomMa[path[i]!]
    if (rows) for (const phase of usedPhases) rows[phase][t]! -= moreMa
  }
  schedule.siteW[t]! -= stepW[steps]! - stepW[before]!
  schedule.steps[v]![t] = steps
  schedule.user[seat.portIndex]![t] = steps === 0 ? -1 : v
}

/** Energy the seat will take at the port, W·ms; a taper is followed in the order of time. */
export const energyOf = (schedule: Schedule, v: number): number => {
  const seat = schedule.board.seats[v]!
  const row = schedule.steps[v]!
  let energy = 0
  for (let t = 0; t < row.length; t += 1) {
    if (row[t] === 0) continue
    energy += Math.min(seat.stepW[row[t]!]!, taperW(seat, energy)) * seat.spanMs[t]!
  }
  return energy
}

/** Less than this in the battery (or 1 % of the need) is no shortfall: no meter tells it, and no plan should be turned over for it. */
const NEGLIGIBLE = 50 * WH

/** Need not met, W·ms at the port; 0 when it is negligible. */
export const missingOf = (schedule: Schedule, v: number): number => lackingOf(schedule, v, schedule.board.seats[v]!.target)

/** The same for any energy that the seat is to have. */
export const lackingOf = (schedule: Schedule, v: number, wanted: number): number => {
  const missing = wanted - energyOf(schedule, v)
  return missing <= Math.min(NEGLIGIBLE / schedule.board.seats[v]!.need.efficiency, wanted / 100) ? 0 : missing
}

/** Fewest steps that deliver `energy` within a slot, within the seat's minimum and maximum. */
export const stepsToDeliver = (seat: Seat, energy: number, spanMs: number): number => {
  const perStep = seat.stepW[seat.maxSteps]! / seat.maxSteps
  let steps = Math.max(seat.minSteps, Math.min(seat.maxSteps, Math.floor(energy / spanMs / perStep)))
  while (steps < seat.maxSteps && seat.stepW[steps]! * spanMs < energy) steps += 1
  return steps
}

/** What the vehicle takes at most after `energy` W·ms at the port. */
export const taperW = ({ need }: Seat, energy: number): number => {
  if (!need.taper) return need.maxW
  const inBattery = (energy * need.efficiency) / WH
  return need.taper.reduce((most, { afterWh, maxW }) => (inBattery >= afterWh ? Math.min(most, maxW) : most), need.maxW as number)
}

const stepsUnder = (seat: Seat, mostW: number): number => {
  const perStep = seat.stepW[seat.maxSteps]! / seat.maxSteps
  let steps = Math.min(seat.maxSteps, Math.floor(mostW / perStep) + 1)
  while (steps > 0 && seat.stepW[steps]! > mostW) steps -= 1
  return steps
}

// a port counts its reserve or its allocation, whichever is larger
const ownMa = (seat: Seat, steps: number, t: number): number => Math.max(steps * seat.port.stepMa, seat.reservedMa[t]!)
