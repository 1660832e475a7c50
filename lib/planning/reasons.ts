import type { Instant } from '#lib/time/instant.ts'
import { type Watts, watts } from '#lib/units/units.ts'
import { WH } from './board.ts'
import { laxityMs } from './fill.ts'
import { fullNodeOrSite } from './full-node.ts'
import { type Need, type PlanningPort, slotAt, type VehicleId } from './input.ts'
import type { ChargeLimit, Reason, WaitCause } from './plan-result.ts'
import { energyOf, type Schedule, stepsFree } from './schedule.ts'
import { rankOf } from './score.ts'
import { stopsIn } from './stopped.ts'

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
  const stop = need.energyWh > 0 ? now.stopOf(port) : undefined
  if (stop) return { kind: 'waits', because: [stop] }
  if (port.offline?.held) return { kind: 'outOfUse', port: port.id, held: port.offline.held }
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
  return stepsFree(schedule, v, 0) > steps ? { kind: 'plan' } : { kind: 'node', node: board.nodeIds[fullNodeOrSite(schedule, v, 0)]! }
}

/** What its slots cost more than its own cheapest ones; the price of being ready, or of being served first. */
const extraCost = (schedule: Schedule, v: number): number => {
  const { input, seats, byPrice } = schedule.board
  const { spanMs, stepW, maxSteps } = seats[v]!
  const price = input.prices.microPerKwh
  const row = schedule.steps[v]!
  let paid = 0
  for (let t = 0; t < row.length; t += 1) if (row[t]! > 0) paid += (stepW[row[t]!]! * spanMs[t]! * price[t]!) / (1000 * WH)
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
  if (free < schedule.steps[v]![start]!) return inTheWay(schedule, v, now, schedule.steps[v]![start]!)
  return [{ kind: 'hasTime' }]
}

/** Who charges in slot 0 under each node, and what stops a port, found once for all who wait. */
type Now = { users: Map<number, number[]>; laxityMs: Float64Array; stopOf: ReturnType<typeof stopsIn> }

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
  return {
    users,
    stopOf: stopsIn(schedule.board.input),
    laxityMs: Float64Array.from(seats, ({ target }, v) => laxityMs(schedule, v, target, 0)),
  }
}

/** Who has the room in slot 0 that the vehicle would need, and by what right. */
const inTheWay = (schedule: Schedule, v: number, { users, laxityMs: laxity }: Now, later = 0): WaitCause[] => {
  const { board } = schedule
  const n = fullNodeOrSite(schedule, v, 0, later)
  const node = board.nodeIds[n]!
  const rank = (u: number) => rankOf(board.seats[u]!)
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

export const powerOf = ({ board, cells }: Schedule, v: number): Watts[] => {
  const { stepW } = board.seats[v]!
  const power = new Array<Watts>(board.slots)
  for (let t = 0; t < board.slots; t += 1) power[t] = stepW[cells[v * board.slots + t]!]!
  return power
}
