import type { Phase } from '#lib/units/units.ts'
import type { Network } from '../flow/network.ts'
import type { Schedule } from '../schedule.ts'

// The conductors of nodes that are limited in A: vehicles of one and of three phases share them in other ways than they share power.

const PHASES: Phase[] = ['l1', 'l2', 'l3']

/** A line is one phase of one node. `of`: the lines of each seat, ascending; `perW`: mA on each of them for 1 W. */
export type Lines = {
  of: Int32Array[]
  perW: Float64Array
  /** What each line has left: `room[line * slots + t]`, mA; under 0 where too much is given. */
  room: Float64Array
  slots: number
}

/** The lines that these seats can fill; undefined where no node has any. */
export const linesOf = ({ board, roomMa }: Schedule, network: Network): Lines | undefined => {
  if (!roomMa.some((rows) => rows !== undefined)) return undefined
  const { seats, slots, boardSeat } = network
  const seatAt = (i: number) => board.seats[boardSeat[i]!]!
  const most = new Map<number, number>()
  const keysOf = (i: number) => {
    const { path, usedPhases } = seatAt(i)
    return path.flatMap((n) => (roomMa[n] ? usedPhases.map((phase) => n * PHASES.length + PHASES.indexOf(phase)) : []))
  }
  for (let i = 0; i < seats; i += 1)
    for (const key of keysOf(i)) most.set(key, (most.get(key) ?? 0) + seatAt(i).maxSteps * seatAt(i).port.stepMa)
  const rowOf = (key: number) => roomMa[Math.floor(key / PHASES.length)]![PHASES[key % PHASES.length]!]
  const canFill = [...most].filter(([key, mA]) => rowOf(key).some((room) => room < mA)).map(([key]) => key)
  if (canFill.length === 0) return undefined
  const at = new Map(canFill.sort((a, b) => a - b).map((key, line) => [key, line]))
  const room = new Float64Array(canFill.length * slots)
  for (const [line, key] of canFill.entries()) room.set(rowOf(key), line * slots)
  const of = Array.from({ length: seats }, (_, i) => Int32Array.from(keysOf(i).flatMap((key) => at.get(key) ?? [])).sort())
  const perW = Float64Array.from({ length: seats }, (_, i) => {
    const { stepW, maxSteps, port } = seatAt(i)
    return (maxSteps * port.stepMa) / stepW[maxSteps]!
  })
  // what the envelope keeps for a port is its own vehicle's
  if (board.hasReserves)
    for (let i = 0; i < seats; i += 1)
      for (const line of of[i]!)
        for (let t = network.from[i]!; t < network.until[i]!; t += 1) room[line * slots + t]! += seatAt(i).reservedMa[t]!
  return { of, perW, room, slots }
}

/** The seat draws `moreW` more in slot `t`. */
export const draw = ({ of, perW, room, slots }: Lines, i: number, t: number, moreW: number): void => {
  const lines = of[i]!
  const mA = moreW * perW[i]!
  for (let x = 0; x < lines.length; x += 1) room[lines[x]! * slots + t]! -= mA
}

/** How much more seat `i` may draw in slot `t`, W, when `j` draws as much less there; −1 = nobody does. */
export const lineRoomW = ({ of, perW, room, slots }: Lines, i: number, j: number, t: number): number => {
  const lines = of[i]!
  const others = j < 0 ? lines : of[j]!
  let least = Number.POSITIVE_INFINITY
  let y = 0
  for (let x = 0; x < lines.length; x += 1) {
    const line = lines[x]!
    let more = perW[i]!
    if (j >= 0) {
      while (y < others.length && others[y]! < line) y += 1
      if (y < others.length && others[y] === line) more -= perW[j]!
    }
    if (more > EVEN) least = Math.min(least, room[line * slots + t]! / more)
  }
  return least
}

/** The line of the seat with most too much in slot `t`; −1 = none has. */
export const fullest = ({ of, room, slots }: Lines, i: number, t: number): number => {
  const lines = of[i]!
  let full = -1
  let least = -OVER_MA
  for (let x = 0; x < lines.length; x += 1) {
    const left = room[lines[x]! * slots + t]!
    if (left < least) {
      least = left
      full = lines[x]!
    }
  }
  return full
}

export const lineAt = ({ room, slots }: Lines, line: number, t: number): number => room[line * slots + t]!

/** Less than this is not too much: a step takes or leaves more. */
const OVER_MA = 100
/** mA per W that are none. */
const EVEN = 1e-9
