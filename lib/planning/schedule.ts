import { type Board, LINES, type Seat, WH } from './board.ts'

/** Steps of current per seat and slot, with the room they leave. Changed only through `setSteps`. */
export type Schedule = {
  board: Board
  /** The rows of `cells`, one for each seat; of `roomW`, one for each node; of `amps`, one for each phase of a node that is limited in A. */
  steps: Int32Array[]
  room: Float64Array[]
  roomMa: Board['roomMa']
  cells: Int32Array
  roomW: Float64Array
  amps: Float64Array
  /** What all vehicles together may still draw; and what they do. */
  siteW: Float64Array
  drawnW: Float64Array
  /** Energy by seat, W·ms, as if no vehicle tapered. */
  energy: Float64Array
  /** Which seat uses a port in a slot, −1 = none; of ports that several seats share. */
  user: (Int32Array | undefined)[]
}

export const emptySchedule = (board: Board): Schedule => {
  const { slots, seats, room, roomMa } = board
  const roomW = new Float64Array(room.length * slots)
  room.forEach((row, n) => {
    roomW.set(row, n * slots)
  })
  const amps = new Float64Array(roomMa.some((rows) => rows) ? roomMa.length * LINES.length * slots : 0)
  roomMa.forEach((rows, n) => {
    if (rows) for (const [i, phase] of LINES.entries()) amps.set(rows[phase], (n * LINES.length + i) * slots)
  })
  const seen = new Set<number>()
  const user = new Array<Int32Array | undefined>(board.input.ports.length).fill(undefined)
  for (const { portIndex } of seats) {
    if (seen.has(portIndex)) user[portIndex] ??= new Int32Array(slots).fill(-1)
    seen.add(portIndex)
  }
  return withRows({
    board,
    cells: new Int32Array(seats.length * slots),
    roomW,
    amps,
    siteW: board.siteW.slice(),
    drawnW: new Float64Array(slots),
    energy: new Float64Array(seats.length),
    user,
  })
}

export const copyOf = ({ board, cells, roomW, amps, siteW, drawnW, energy, user }: Schedule): Schedule =>
  withRows({
    board,
    cells: cells.slice(),
    roomW: roomW.slice(),
    amps: amps.slice(),
    siteW: siteW.slice(),
    drawnW: drawnW.slice(),
    energy: energy.slice(),
    user: user.map((row) => row?.slice()),
  })

const withRows = (flat: Omit<Schedule, 'steps' | 'room' | 'roomMa'>): Schedule => {
  const { seats, slots, room, roomMa } = flat.board
  const line = (at: number) => flat.amps.subarray(at * slots, (at + 1) * slots)
  return {
    ...flat,
    steps: seats.map((_, v) => flat.cells.subarray(v * slots, (v + 1) * slots)),
    room: room.map((_, n) => flat.roomW.subarray(n * slots, (n + 1) * slots)),
    roomMa: roomMa.map((rows, n) => rows && { l1: line(n * 3), l2: line(n * 3 + 1), l3: line(n * 3 + 2) }),
  }
}

/** Most steps the seat may have in a slot under every node, its own present steps counted as free: 0, or at least its minimum. */
export const stepsFree = (schedule: Schedule, v: number, t: number): number => {
  const { board, roomW, amps, siteW } = schedule
  const { slots } = board
  const seat = board.seats[v]!
  const user = schedule.user[seat.portIndex]
  if (user !== undefined && user[t] !== -1 && user[t] !== v) return 0
  const { path, lines, stepW, minSteps } = seat
  const own = schedule.cells[v * slots + t]!
  let left = Number.POSITIVE_INFINITY
  for (let i = 0; i < path.length; i += 1) {
    const here = roomW[path[i]! * slots + t]!
    if (here < left) left = here
  }
  // already over without us (base load, reserves): nothing is given there
  if (left < 0) return 0
  const ownW = stepW[own]!
  const keptW = board.hasReserves ? Math.max(ownW, seat.port.reservedW[t] ?? 0) : ownW
  const steps = stepsUnder(seat, Math.min(left + keptW, Math.max(0, siteW[t]!) + ownW))
  if (steps < minSteps) return 0
  if (lines.length === 0) return steps
  let leftMa = Number.POSITIVE_INFINITY
  for (let i = 0; i < lines.length; i += 1) {
    const here = amps[lines[i]! * slots + t]!
    if (here < leftMa) leftMa = here
  }
  if (leftMa < 0) return 0
  const most = Math.min(steps, Math.floor((leftMa + ownMa(board, seat, own, t)) / seat.port.stepMa))
  return most < minSteps ? 0 : most
}

/** Gives the seat `steps` in a slot; the caller has asked `stepsFree`. */
export const setSteps = (schedule: Schedule, v: number, t: number, steps: number): void => {
  const { board, roomW, amps, cells } = schedule
  const { slots } = board
  const before = cells[v * slots + t]!
  if (steps === before) return
  const seat = board.seats[v]!
  const { path, lines, stepW } = seat
  const drawsW = stepW[steps]! - stepW[before]!
  let moreW = drawsW
  if (board.hasReserves) {
    const reserved = seat.port.reservedW[t] ?? 0
    moreW = Math.max(stepW[steps]!, reserved) - Math.max(stepW[before]!, reserved)
  }
  for (let i = 0; i < path.length; i += 1) roomW[path[i]! * slots + t]! -= moreW
  if (lines.length > 0) {
    const moreMa = ownMa(board, seat, steps, t) - ownMa(board, seat, before, t)
    for (let i = 0; i < lines.length; i += 1) amps[lines[i]! * slots + t]! -= moreMa
  }
  schedule.siteW[t]! -= drawsW
  schedule.drawnW[t]! += drawsW
  schedule.energy[v]! += drawsW * seat.spanMs[t]!
  cells[v * slots + t] = steps
  const user = schedule.user[seat.portIndex]
  if (user !== undefined) user[t] = steps === 0 ? -1 : v
}

/** Energy the seat will take at the port, W·ms; a taper is followed in the order of time. */
export const energyOf = (schedule: Schedule, v: number): number => {
  const seat = schedule.board.seats[v]!
  if (!seat.need.taper) return schedule.energy[v]!
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
  return missing <= negligibleFor(schedule, v, wanted) ? 0 : missing
}

/** What of `wanted` may be missing, W·ms at the port. */
export const negligibleFor = ({ board }: Schedule, v: number, wanted: number): number =>
  Math.min(NEGLIGIBLE / board.seats[v]!.need.efficiency, wanted / 100)

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

const stepsUnder = ({ stepW, maxSteps }: Seat, mostW: number): number => {
  if (mostW >= stepW[maxSteps]!) return maxSteps
  let steps = Math.min(maxSteps, Math.floor((mostW * maxSteps) / stepW[maxSteps]!) + 1)
  while (steps > 0 && stepW[steps]! > mostW) steps -= 1
  return steps
}

// a port counts its reserve or its allocation, whichever is larger
const ownMa = ({ hasReserves }: Board, { port, reservedMa }: Seat, steps: number, t: number): number =>
  hasReserves ? Math.max(steps * port.stepMa, reservedMa[t]!) : steps * port.stepMa
