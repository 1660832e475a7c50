import { type Instant, minutes, plus } from '#lib/time/instant.ts'
import { type WattHours, watts } from '#lib/units/units.ts'
import { type Board, spansOf, WH } from './board.ts'
import { fullNodeOrSite } from './full-node.ts'
import { type Need, type PlanningInput, type PlanningPort, slotAt } from './input.ts'
import type { Cause, Remedy, Shortfall } from './plan-result.ts'
import { missingOf, type Schedule, stepsFree, taperW } from './schedule.ts'
import { type Stop, stopsIn } from './stopped.ts'

/**
 * Vehicles that will leave with less than they need, with the cause and what would help. A departure beyond the horizon is short only
 * if the time after the horizon cannot give the rest. A vehicle that is still out and has no port yet is not judged. Where a person stopped
 * its port, that is the cause, and only its end would help.
 */
export const shortfallsOf = (schedule: Schedule): Shortfall[] => {
  const { input, seats } = schedule.board
  const seatOf = new Map(seats.map(({ need }, v) => [need, v]))
  const chargingUnder = chargingUnderOf(schedule)
  const stopOf = stopsIn(input)
  const ports = new Map(input.ports.map((port) => [port.id, port]))
  const told = (shortfall: Shortfall, need: Need): Shortfall => {
    const stop = need.port === undefined ? undefined : stopOf(ports.get(need.port))
    return stop ? { ...shortfall, cause: stop, remedies: [endOf(stop)] } : shortfall
  }
  const found = (need: Need): Shortfall[] => {
    const v = seatOf.get(need)
    if (v !== undefined) return seated(schedule, v, chargingUnder)
    const port = need.port === undefined ? undefined : ports.get(need.port)
    if (port?.offline) return offline(input, need, port.id, port.offline)
    const stillOut = !port && need.arrives > input.now
    if (need.energyWh === 0 || need.departs <= input.now || stillOut) return []
    const by = plus(need.departs, -Math.ceil(((need.energyWh / need.efficiency) * WH) / need.maxW)) as Instant
    return [{ vehicle: need.id, missingWh: need.energyWh, cause: { kind: 'notPlugged' }, remedies: [{ kind: 'plugIn', by }] }]
  }
  return input.needs.flatMap((need) => found(need).map((each) => told(each, need)))
}

const endOf = (stop: Stop): Remedy => (stop.kind === 'lockedOut' ? { kind: 'release', node: stop.node } : { kind: 'liftStop' })

/** How many vehicles get something under each node. */
const chargingUnderOf = (schedule: Schedule): Map<string, number> => {
  const { seats, nodeIds } = schedule.board
  const under = new Map<string, number>()
  seats.forEach(({ path }, v) => {
    if (schedule.energy[v]! > 0) for (const n of path) under.set(nodeIds[n]!, (under.get(nodeIds[n]!) ?? 0) + 1)
  })
  return under
}

const seated = (schedule: Schedule, v: number, chargingUnder: Map<string, number>): Shortfall[] => {
  const { board } = schedule
  const { need, port, target, stepW, maxSteps, spanMs } = board.seats[v]!
  const fullW = stepW[maxSteps] ?? 0
  const afterHorizon = Math.max(0, need.departs - Math.max(slotAt(board.input, board.slots), need.arrives)) * fullW
  const missing = missingOf(schedule, v) - afterHorizon
  if (missing <= 0) return []
  const missingWh = Math.round((Math.max(0, missing) * need.efficiency) / WH) as WattHours
  if (missingWh === 0) return []
  const departLater: Remedy = {
    kind: 'departLater',
    at: plus(need.departs, Math.ceil(missing / Math.max(1, fullW) / minutes(5)) * minutes(5)),
  }
  const alone = aloneEnergy(board, v) + afterHorizon
  if (alone < target) {
    const windowMs = spanMs.reduce((sum, span) => sum + span, 0) + (afterHorizon > 0 ? afterHorizon / fullW : 0)
    const stronger = windowMs > 0 && need.maxW > port.maxW && need.maxW * windowMs >= target
    const cause: Cause = stronger
      ? { kind: 'portPower', port: port.id, maxW: port.maxW }
      : {
          kind: 'tooLittleTime',
          neededMinutes: Math.ceil(target / Math.max(1, fullW) / minutes(1)),
          availableMinutes: Math.floor(windowMs / minutes(1)),
        }
    const remedies: Remedy[] = stronger
      ? [{ kind: 'useStrongerPort', minW: watts(Math.ceil(target / windowMs)) }, departLater]
      : [departLater]
    return [{ vehicle: need.id, missingWh, cause, remedies }]
  }
  const { node, hours } = tightest(schedule, v)
  const byW = watts(Math.ceil(missing / WH / Math.max(hours, 1 / 12)))
  const remedies: Remedy[] = [departLater, { kind: 'raiseLimit', node, byW }]
  const others = (chargingUnder.get(node) ?? 0) - (schedule.energy[v]! > 0 ? 1 : 0)
  if (!need.chargeFirst && others > 0) remedies.unshift({ kind: 'chargeFirst' })
  return [{ vehicle: need.id, missingWh, cause: { kind: 'nodeFull', node }, remedies }]
}

const offline = (input: PlanningInput, need: Need, port: string, { followsW, held }: NonNullable<PlanningPort['offline']>): Shortfall[] => {
  if (need.departs <= input.now) return []
  const spans = spansOf(input, need)
  const follows = spans.reduce((sum, span, t) => sum + span * Math.min(need.maxW, followsW[t] ?? 0), 0)
  const after = Math.max(0, need.departs - slotAt(input, input.slots)) * Math.min(need.maxW, followsW.at(-1) ?? 0)
  const missingWh = Math.round(need.energyWh - ((follows + after) * need.efficiency) / WH) as WattHours
  if (missingWh <= 0) return []
  return held
    ? [{ vehicle: need.id, missingWh, cause: { kind: 'outOfUse', port, held }, remedies: [{ kind: 'takeIntoUse', port, held }] }]
    : [{ vehicle: need.id, missingWh, cause: { kind: 'chargerOffline', port }, remedies: [{ kind: 'reconnectCharger', port }] }]
}

const aloneEnergy = (board: Board, v: number): number => {
  const seat = board.seats[v]!
  const fullW = seat.stepW[seat.maxSteps] ?? 0
  let energy = 0
  for (let t = 0; t < board.slots; t += 1) if (seat.spanMs[t]! > 0) energy += seat.spanMs[t]! * Math.min(fullW, taperW(seat, energy))
  return energy
}

/** The node that has no room for the vehicle's full power in most of its slots, and for how many hours it is in the way. */
const tightest = (schedule: Schedule, v: number): { node: string; hours: number } => {
  const { board } = schedule
  const seat = board.seats[v]!
  const row = schedule.steps[v]!
  const blockedMs = new Map<number, number>()
  for (let t = 0; t < board.slots; t += 1) {
    if (seat.spanMs[t] === 0 || row[t]! >= seat.maxSteps) continue
    if (stepsFree(schedule, v, t) >= seat.maxSteps) continue
    const n = fullNodeOrSite(schedule, v, t, seat.maxSteps)
    blockedMs.set(n, (blockedMs.get(n) ?? 0) + seat.spanMs[t]!)
  }
  const [n, ms] = [...blockedMs].reduce((a, b) => (b[1] > a[1] ? b : a), [seat.path[0]!, 0] as [number, number])
  return { node: board.nodeIds[n]!, hours: ms / WH }
}
