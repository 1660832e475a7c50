import type { Instant, Interval } from '#lib/time/instant.ts'
import type { Phase } from '#lib/units/units.ts'
import { type Board, boardOf } from './board.ts'
import type { Answered } from './compare.ts'
import { fullLines, fullNode } from './full-node.ts'
import { type NodeId, slotAt, type VehicleId } from './input.ts'
import { rowsBefore } from './keep.ts'
import { emptySchedule, type Schedule, setSteps } from './schedule.ts'
import { stopsIn } from './stopped.ts'

/** A node that has less room than would be used, and whom that makes wait. */
export type Bottleneck = {
  node: NodeId
  /** When it holds somebody back, neighbouring slots as one. */
  hours: Interval[]
  /** Its lines whose amperes are used up; empty: its kW are. */
  lines: Phase[]
  /** What 1 kW more there would save in all these hours, millionths of the currency; 0: it would be a matter of time only. */
  valueMicroPerKw: number
  /** Longest first; `heldMs`: how long it stands there with less than it could take, and charges later for it, or leaves short. */
  held: { vehicle: VehicleId; heldMs: number }[]
}

/**
 * Where a plan is short of power (source: requirement R4): each node without room for what a vehicle charges with later, with whom it holds back
 * and for how long. A slot counts for the lowest such node, and only if the vehicle gets its energy later at no better price (or carbon), or not
 * at all: who waits for a cheaper hour is held back by nobody, who is stopped by a person by no lack of power. Those held longest come first.
 */
export function bottlenecks({ input, plan }: Answered): Bottleneck[] {
  const board = boardOf({ ...input, previous: plan })
  const schedule = scheduleOf(board)
  const isShort = new Set(plan.shortfalls.map(({ vehicle }) => vehicle))
  const found = new Map<number, { held: Map<VehicleId, number>; slots: Set<number>; lines: Set<Phase> }>()
  const stopOf = stopsIn(input)
  board.seats.forEach(({ need: { id }, port, spanMs, maxSteps }, v) => {
    if (stopOf(port)) return
    const row = schedule.steps[v]!
    const dearest = mostAfter(row, (slot) => (row[slot]! > 0 ? seenPrice(board, slot) : Number.NEGATIVE_INFINITY))
    const strongest = mostAfter(row, (slot) => row[slot]!)
    for (let slot = 0; slot < board.slots; slot += 1) {
      if (spanMs[slot] === 0 || row[slot]! >= maxSteps) continue
      if (!isShort.has(id) && !(dearest[slot]! >= seenPrice(board, slot))) continue
      const full = fullNode(schedule, v, slot, strongest[slot]!)
      if (full < 0) continue
      const at = found.get(full) ?? { held: new Map<VehicleId, number>(), slots: new Set<number>(), lines: new Set<Phase>() }
      at.held.set(id, (at.held.get(id) ?? 0) + spanMs[slot]!)
      at.slots.add(slot)
      for (const line of fullLines(schedule, v, slot, full, strongest[slot]!)) at.lines.add(line)
      found.set(full, at)
    }
  })
  const worth = new Map(plan.binding.map(({ node, slot, valueMicroPerKw }) => [`${node} ${slot}`, valueMicroPerKw]))
  return [...found]
    .map(([n, { held, slots, lines }]): Bottleneck => {
      const node = board.nodeIds[n]!
      const full = [...slots].sort((a, b) => a - b)
      return {
        node,
        hours: hoursOf(full, (slot) => slotAt(input, slot)),
        lines: [...lines].sort(),
        valueMicroPerKw: Math.round(full.reduce((sum, slot) => sum + (worth.get(`${node} ${slot}`) ?? 0), 0)),
        held: [...held].map(([vehicle, heldMs]) => ({ vehicle, heldMs })).sort((a, b) => b.heldMs - a.heldMs),
      }
    })
    .sort((a, b) => heldIn(b) - heldIn(a))
}

const heldIn = ({ held }: Bottleneck): number => held.reduce((sum, { heldMs }) => sum + heldMs, 0)

/** The plan as steps on its own question, with the room that it leaves. */
function scheduleOf(board: Board): Schedule {
  const schedule = emptySchedule(board)
  rowsBefore(board)?.forEach((row, v) => {
    row.forEach((steps, slot) => {
      setSteps(schedule, v, slot, steps)
    })
  })
  return schedule
}

/** What a slot costs as the policy sees it. */
const seenPrice = ({ input: { prices, policy } }: Board, slot: number): number =>
  policy === 'readyFirst' ? 0 : ((policy === 'greenest' ? prices.carbonGPerKwh?.[slot] : undefined) ?? prices.microPerKwh[slot]!)

/** By slot the most of `of` in the slots after it; −∞ where none is. */
function mostAfter(row: ArrayLike<number>, of: (slot: number) => number): number[] {
  const most = new Array<number>(row.length).fill(Number.NEGATIVE_INFINITY)
  for (let slot = row.length - 2; slot >= 0; slot -= 1) most[slot] = Math.max(most[slot + 1]!, of(slot + 1))
  return most
}

const hoursOf = (slots: readonly number[], at: (slot: number) => Instant): Interval[] =>
  slots.reduce<Interval[]>((hours, slot) => {
    const last = hours.at(-1)
    if (last?.until === at(slot)) last.until = at(slot + 1)
    else hours.push({ from: at(slot), until: at(slot + 1) })
    return hours
  }, [])
