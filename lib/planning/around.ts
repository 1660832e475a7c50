import { type Board, LINES, type Seat } from './board.ts'
import type { Schedule } from './schedule.ts'

/** The board as those see it who come after what is in the schedule already. */
export const boardAround = ({ board, room, roomMa, siteW, drawnW }: Schedule): Board => ({
  ...board,
  room: room.map((row) => row.slice()),
  roomMa: roomMa.map((rows) => rows && { l1: rows.l1.slice(), l2: rows.l2.slice(), l3: rows.l3.slice() }),
  siteW: siteW.slice(),
  baseW: board.baseW.map((w, t) => w + drawnW[t]!),
})

/** The same for some of its seats alone, with no more nodes than they hang on: as if they were a depot of their own. */
export const boardOfSome = (schedule: Schedule, some: number[]): Board => {
  const whole = boardAround(schedule)
  const seats = some.map((v) => whole.seats[v]!)
  const nodes = [...new Set(seats.flatMap(({ path }) => path))].sort((a, b) => a - b)
  const at = new Map(nodes.map((node, i) => [node, i]))
  const moved = (seat: Seat): Seat => ({
    ...seat,
    path: seat.path.map((node) => at.get(node)!),
    lines: seat.lines.map((line) => at.get(Math.floor(line / LINES.length))! * LINES.length + (line % LINES.length)),
  })
  return {
    ...whole,
    seats: seats.map(moved),
    nodeIds: nodes.map((node) => whole.nodeIds[node]!),
    room: nodes.map((node) => whole.room[node]!),
    roomMa: nodes.map((node) => whole.roomMa[node]),
  }
}
