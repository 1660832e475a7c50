import type { Instant } from '#lib/time/instant.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import { type Board, WH } from './board.ts'
import { laxityMs } from './fill.ts'
import type { Proven } from './flow/relax.ts'
import { type Need, type PlanningPort, slotAt, type VehicleId } from './input.ts'
import type { ChargeLimit, Reason, WaitCause } from './plan-result.ts'
import { energyOf, type Schedule, stepsFree } from './schedule.ts'

/** What each vehicle does in slot 0, and why. */
export const reasonsOf = (schedule: Schedule): Record<VehicleId, Reason> => {
  const { input, seats } = schedule.board
  const ports = new Map(input.ports.map((port) => [port.id, port]))
  const seatOf = new Map(seats.map(({ need }, v) => [need, v]))
  const now = nowOf(schedule)
  return Object.fromEntries(
    input.needs.map((need) => [
      need.id,
      reasonOf(schedule, need, need.port === undefined ? undefined : ports.get(need.port), seatOf.get(need), now),
    ]),
  )
}

const reasonOf = (schedule: Schedule, need: Need, port: PlanningPort | undefined, seat: number | undefined, now: Now): Reason => {
  const { board } = schedule
  const { input } = board
  if (need.departs <= input.now) return { kind: 'departed', at: need.departs }
  if (need.arrives > input.now) return { kind: 'notArrived', at: need.arrives }
  if (!port) return { kind: 'notPlugged' }
  if (port.offline) return { kind: 'chargerOffline', port: port.id }
  const v = seat!
  if (schedule.steps[v]![0]! > 0) return charging(schedule, v)
  if (board.seats[v]!.target === 0) return { kind: 'done' }
  const start = schedule.steps[v]!.findIndex((steps) => steps > 0)
  return { kind: 'waits', until: start < 0 ? undefined : slotAt(input, start), because: waitCauses(schedule, v, start, now) }
}

const charging = (schedule: Schedule, v: number): Reason => {
  const { board } = schedule
  const seat = board.seats[v]!
  const row = schedule.steps[v]!
  const end = row.findLastIndex((steps) => steps > 0) + 1
  return {
    kind: 'charging',
    powerW: watts(seat.stepW[row[0]!]!),
    limitedBy: limitOf(schedule, v),
    until: Math.min(slotAt(board.input, end), seat.need.departs) as Instant,
    extraCostMicro: extraCost(schedule, v),
  }
}

const limitOf = (schedule: Schedule, v: number): ChargeLimit => {
  const { board } = schedule
  const seat = board.seats[v]!
  const steps = schedule.steps[v]![0]!
  if (steps === seat.maxSteps) return seat.need.maxW < seat.port.maxW ? { kind: 'vehicle' } : { kind: 'port' }
  return stepsFree(schedule, v, 0) > steps ? { kind: 'plan' } : { kind: 'node', node: board.nodeIds[fullNode(schedule, v, 0)]! }
}

/** What its slots cost more than its own cheapest ones; the price of being ready, or of being served first. */
const extraCost = (schedule: Schedule, v: number): number => {
  const { input, seats, byPrice } = schedule.board
  const { spanMs, stepW, maxSteps } = seats[v]!
  const price = input.prices.microPerKwh
  const paid = schedule.steps[v]!.reduce((sum, steps, t) => sum + (stepW[steps]! * spanMs[t]! * price[t]!) / (1000 * WH), 0)
  let left = energyOf(schedule, v)
  let least = 0
  for (const t of byPrice) {
    if (left <= 0) break
    const energy = Math.min(left, stepW[maxSteps]! * spanMs[t]!)
    least += (energy * price[t]!) / (1000 * WH)
    left -= energy
  }
  return Math.max(0, Math.round(paid - least))
}

const waitCauses = (schedule: Schedule, v: number, start: number, now: Now): WaitCause[] => {
  const { prices, policy } = schedule.board.input
  const seat = schedule.board.seats[v]!
  const free = stepsFree(schedule, v, 0)
  if (free < seat.minSteps) return inTheWay(schedule, v, now)
  if (start < 0) return [{ kind: 'hasTime' }]
  const carbon = prices.carbonGPerKwh
  if (policy === 'greenest' && carbon && carbon[start]! < carbon[0]!)
    return [{ kind: 'carbon', nowGPerKwh: carbon[0]!, thenGPerKwh: carbon[start]! }]
  if (policy !== 'readyFirst' && prices.microPerKwh[start]! < prices.microPerKwh[0]!)
    return [{ kind: 'price', nowMicroPerKwh: prices.microPerKwh[0]!, thenMicroPerKwh: prices.microPerKwh[start]! }]
  // it could begin now, but not with the power that it will have then
  if (free < schedule.steps[v]![start]!) return inTheWay(schedule, v, now)
  return [{ kind: 'hasTime' }]
}

/** Who charges in slot 0 under each node, found once for all who wait. */
type Now = { users: Map<number, number[]>; laxityMs: Float64Array }

const nowOf = (schedule: Schedule): Now => {
  const { seats } = schedule.board
  const users = new Map<number, number[]>()
  seats.forEach(({ path }, u) => {
    if (schedule.steps[u]![0]! === 0) return
    for (const n of path) {
      const under = users.get(n)
      if (under) under.push(u)
      else users.set(n, [u])
    }
  })
  return { users, laxityMs: Float64Array.from(seats, ({ target }, v) => laxityMs(schedule, v, target, 0)) }
}

/** Who has the room in slot 0 that the vehicle would need, and by what right. */
const inTheWay = (schedule: Schedule, v: number, { users, laxityMs: laxity }: Now): WaitCause[] => {
  const { board } = schedule
  const n = fullNode(schedule, v, 0)
  const node = board.nodeIds[n]!
  const rank = (u: number) => (board.seats[u]!.need.chargeFirst ? Number.POSITIVE_INFINITY : board.seats[u]!.need.priority)
  const departs = (u: number) => board.seats[u]!.need.departs
  const [higher, earlier, tighter]: [VehicleId[], VehicleId[], VehicleId[]] = [[], [], []]
  const own = rank(v)
  for (const u of users.get(n) ?? []) {
    if (u === v) continue
    const right = rank(u) > own ? higher : departs(u) < departs(v) ? earlier : laxity[u]! <= laxity[v]! ? tighter : undefined
    right?.push(board.seats[u]!.need.id)
  }
  const causes: WaitCause[] = []
  if (higher.length > 0) causes.push({ kind: 'higherPriority', vehicles: higher, node })
  if (earlier.length > 0) causes.push({ kind: 'earlierDepartures', vehicles: earlier, node })
  if (tighter.length > 0) causes.push({ kind: 'lessSlack', vehicles: tighter, node })
  return causes.length > 0 ? causes : [{ kind: 'nodeFull', node }]
}

const fullNode = ({ board, room }: Schedule, v: number, t: number): number => {
  const { path } = board.seats[v]!
  let full = path[0]!
  for (let i = 1; i < path.length; i += 1) if (room[path[i]!]![t]! < room[full]![t]!) full = path[i]!
  return full
}

/**
 * Nodes without room for one more step of a vehicle that would use it, and what 1 kW more would save there: the value that the cuts of the
 * optimum give the node, where it is one of theirs; else an estimate from single moves.
 */
export const bindingOf = (schedule: Schedule, relaxed?: Proven): { node: string; slot: number; valueMicroPerKw: number }[] => {
  const { board } = schedule
  const worth = relaxed?.isMoney ? worthOf(board, relaxed) : () => undefined
  const price = board.input.prices.microPerKwh
  const dearest = board.seats.map((seat, v) =>
    schedule.steps[v]!.reduce((most, steps, t) => (steps > 0 && seat.spanMs[t]! > 0 ? Math.max(most, price[t]!) : most), 0),
  )
  const missing = board.seats.map((seat, v) => seat.target > energyOf(schedule, v))
  const { isNear, isAnyNear } = nearlyFull(schedule)
  const { slots, seats, nodeIds } = board
  const values = new Float64Array(nodeIds.length * slots).fill(-1)
  for (let v = 0; v < seats.length; v += 1) {
    const { spanMs, maxSteps } = seats[v]!
    const row = schedule.steps[v]!
    for (let t = 0; t < slots; t += 1) {
      if (isAnyNear[t] === 0 || spanMs[t] === 0 || row[t]! >= maxSteps) continue
      const saving = Math.max(0, dearest[v]! - price[t]!)
      if ((saving === 0 && !missing[v]) || !isNear(v, t)) continue
      const n = fullNode(schedule, v, t)
      const value = Math.round((saving * spanMs[t]!) / WH)
      // not where somebody else has told it already
      if (values[n * slots + t]! < value && stepsFree(schedule, v, t) <= row[t]!) values[n * slots + t] = value
    }
  }
  const binding: { node: string; slot: number; valueMicroPerKw: number }[] = []
  for (let t = 0; t < slots; t += 1)
    for (let n = 0; n < nodeIds.length; n += 1) {
      const value = values[n * slots + t]!
      if (value >= 0) binding.push({ node: nodeIds[n]!, slot: t, valueMicroPerKw: worth(n, t) ?? value })
    }
  return binding
}

/** Could something be in the way of one step more? Quick to ask, and never "no" where something is. */
const nearlyFull = ({
  board,
  room,
  roomMa,
  siteW,
  user,
}: Schedule): { isNear: (v: number, t: number) => boolean; isAnyNear: Uint8Array } => {
  const leastW = board.seats.reduce((most, { stepW, minSteps }) => Math.max(most, stepW[Math.min(minSteps, stepW.length - 1)]!), 0)
  const leastMa = board.seats.reduce((most, { port, minSteps }) => Math.max(most, port.stepMa * minSteps), 0)
  // seats whose port is another's as well
  const at = new Map<number, number>()
  const isShared = new Uint8Array(board.seats.length)
  board.seats.forEach(({ portIndex }, v) => {
    const other = at.get(portIndex)
    if (other !== undefined) isShared[v] = isShared[other] = 1
    at.set(portIndex, v)
  })
  const near = room.map((row, n) => {
    const rows = roomMa[n]
    return Uint8Array.from(row, (w, t) =>
      w <= leastW || (rows && Math.min(rows.l1[t]!, rows.l2[t]!, rows.l3[t]!) <= leastMa) || siteW[t]! <= leastW ? 1 : 0,
    )
  })
  const isAnyNear = Uint8Array.from({ length: board.slots }, (_, t) => (near.some((row) => row[t] === 1) ? 1 : 0))
  for (const row of user) for (let t = 0; t < row.length; t += 1) if (row[t] !== -1 && isShared[row[t]!] === 1) isAnyNear[t] = 1
  const isNear = (v: number, t: number): boolean => {
    const { path, portIndex } = board.seats[v]!
    for (let i = 0; i < path.length; i += 1) if (near[path[i]!]![t] === 1) return true
    const by = user[portIndex]![t]!
    return by !== -1 && by !== v
  }
  return { isNear, isAnyNear }
}

/** What 1 kW more is worth at a node in a slot, from the cuts. Where a peak is paid for, the root's limit is not told from it. */
const worthOf = ({ input, nodeIds }: Board, { network, values }: Proven): ((node: number, slot: number) => number | undefined) => {
  const { nodes, begins, boardNode, spanMs } = network
  const at = new Int32Array(nodeIds.length).fill(-1)
  for (let n = input.prices.demand.length > 0 ? 1 : 0; n < nodes; n += 1) if (boardNode[n]! >= 0) at[boardNode[n]!] = n
  const slotOf = new Int32Array(spanMs.length)
  for (let k = 0; k < network.slots; k += 1) slotOf.fill(k, begins[k]!, begins[k + 1]!)
  return (node, slot) => (at[node]! < 0 ? undefined : Math.round((values[slotOf[slot]! * nodes + at[node]!]! * spanMs[slot]!) / WH))
}

export const powerOf = (schedule: Schedule, v: number): Watts[] =>
  schedule.steps[v]!.map((steps) => watts(schedule.board.seats[v]!.stepW[steps]!))
