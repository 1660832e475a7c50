import type { Network } from '../flow/network.ts'
import type { Schedule } from '../schedule.ts'

// The conductors of nodes that are limited in A: vehicles of one and of three phases share them in other ways than they share power.

/** A line is one phase of one node. `of`: the lines of each seat, ascending; `perW`: mA on each of them for 1 W. */
export type Lines = {
  of: Int32Array[]
  perW: Float64Array
  /** Seats with the same number take the same from the same lines. */
  alike: Int32Array
  /** Is the seat on the line? `isOn[line * seats + i]`. */
  isOn: Uint8Array
  /** What each line has left: `room[t * count + line]`, mA; under 0 where too much is given. */
  room: Float64Array
  count: number
}

/** The lines that these seats can fill; undefined where no node has any. */
export const linesOf = ({ board, amps }: Schedule, network: Network): Lines | undefined => {
  if (amps.length === 0) return undefined
  const { seats, slots, boardSeat } = network
  const seatAt = (i: number) => board.seats[boardSeat[i]!]!
  const all = amps.length / board.slots
  const most = new Float64Array(all)
  for (let i = 0; i < seats; i += 1) {
    const { lines, maxSteps, port } = seatAt(i)
    for (let x = 0; x < lines.length; x += 1) most[lines[x]!]! += maxSteps * port.stepMa
  }
  const canFill = [...most.keys()].filter((line) => isLess(amps, line * board.slots, slots, most[line]!))
  const count = canFill.length
  if (count === 0) return undefined
  const at = new Int32Array(all).fill(-1)
  const room = new Float64Array(count * slots)
  for (const [line, from] of canFill.entries()) {
    at[from] = line
    for (let t = 0; t < slots; t += 1) room[t * count + line] = amps[from * board.slots + t]!
  }
  const known = new Map<string, Int32Array>()
  const numbers = new Map<string, number>()
  const of: Int32Array[] = []
  const perW = new Float64Array(seats)
  const alike = new Int32Array(seats)
  const isOn = new Uint8Array(count * seats)
  for (let i = 0; i < seats; i += 1) {
    const { lines, path, usedPhases, stepW, maxSteps, port } = seatAt(i)
    const name = `${path[0]} ${usedPhases}`
    const own = known.get(name) ?? Int32Array.from(lines.map((line) => at[line]!).filter((line) => line >= 0)).sort()
    known.set(name, own)
    of.push(own)
    perW[i] = (maxSteps * port.stepMa) / stepW[maxSteps]!
    const kind = `${name} ${perW[i]}`
    alike[i] = numbers.get(kind) ?? numbers.size
    numbers.set(kind, alike[i]!)
    for (let x = 0; x < own.length; x += 1) isOn[own[x]! * seats + i] = 1
    // what the envelope keeps for a port is its own vehicle's
    if (board.hasReserves)
      for (let x = 0; x < own.length; x += 1)
        for (let t = network.from[i]!; t < network.until[i]!; t += 1) room[t * count + own[x]!]! += seatAt(i).reservedMa[t]!
  }
  return { of, perW, alike, isOn, room, count }
}

const isLess = (row: Float64Array, from: number, count: number, than: number): boolean => {
  for (let t = from; t < from + count; t += 1) if (row[t]! < than) return true
  return false
}

/** The seat draws `moreW` more in slot `t`. */
export const draw = ({ of, perW, room, count }: Lines, i: number, t: number, moreW: number): void => {
  const lines = of[i]!
  const mA = moreW * perW[i]!
  for (let x = 0; x < lines.length; x += 1) room[t * count + lines[x]!]! -= mA
}

/** How much more seat `i` may draw in slot `t`, up to `most` W, when `j` draws as much less there; −1 = nobody does. */
export const lineRoomW = ({ of, perW, alike, room, count }: Lines, i: number, j: number, t: number, most: number): number => {
  if (j >= 0 && alike[i] === alike[j]) return most
  const lines = of[i]!
  const others = j < 0 ? lines : of[j]!
  const own = perW[i]!
  const other = j < 0 ? 0 : perW[j]!
  let least = most
  let y = 0
  for (let x = 0; x < lines.length; x += 1) {
    const line = lines[x]!
    const free = room[t * count + line]!
    // enough, whatever the other one leaves
    if (free >= least * own) continue
    let more = own
    if (j >= 0) {
      while (y < others.length && others[y]! < line) y += 1
      if (y < others.length && others[y] === line) more -= other
    }
    if (more > EVEN && free < least * more) least = free / more
  }
  return least
}

/** The line of the seat with most too much in slot `t`; −1 = none has. */
export const fullest = ({ of, room, count }: Lines, i: number, t: number): number => {
  const lines = of[i]!
  let full = -1
  let least = -OVER_MA
  for (let x = 0; x < lines.length; x += 1) {
    const left = room[t * count + lines[x]!]!
    if (left < least) {
      least = left
      full = lines[x]!
    }
  }
  return full
}

/** What a line has left in slot `t`, mA. */
export const lineAt = ({ room, count }: Lines, line: number, t: number): number => room[t * count + line]!

/** Has any line too much in slot `t`? */
export const isAnyOver = ({ room, count }: Lines, t: number): boolean => {
  for (let at = t * count; at < (t + 1) * count; at += 1) if (room[at]! < -OVER_MA) return true
  return false
}

/** Less than this is not too much, mA: a step takes or leaves more. */
export const OVER_MA = 100
/** mA per W that are none. */
export const EVEN = 1e-9
