import {
  type Answer,
  balancedAmps,
  baseBelow,
  conductors,
  type Need,
  type Node,
  type Phase,
  type Port,
  pathUp,
  plannable,
  type Question,
  slotStart,
  usableHours,
  wattsPerAmp,
} from './question.ts'

// The policies that planners are compared with. None looks ahead or knows a price; all but `uncontrolled` keep every limit, in whole steps of
// current from the minimum on.

export type Policy = 'uncontrolled' | 'equalShare' | 'roundRobin' | 'edf' | 'llf'
export const POLICY_WORDS: Record<Policy, string> = {
  uncontrolled: 'uncontrolled (full power at once, limits passed)',
  equalShare: 'equal share (each gets 1/n of what is free, nothing is handed on)',
  roundRobin: 'round robin (a step at a time in turns)',
  edf: 'earliest departure first',
  llf: 'least laxity first',
}

type Seat = {
  need: Need
  port: Port
  node: Node
  path: Node[]
  used: Phase[]
  perAmp: number
  least: number
  most: number
  hours: number[]
  leftWh: number
}
type Rooms = Map<string, { w: number; a: Record<Phase, number> | undefined }>

/** What a policy would do with the depot of `q`, slot by slot. Costs and shortfalls are the judge's to tell (`checkPlan`). */
export const planBy = (q: Question, policy: Policy): Answer => {
  const seats = plannable(q).map(({ need, port }) => seatOf(q, need, port))
  const powerW = seats.map(() => new Array<number>(q.slots).fill(0))
  const steps = seats.map(() => new Array<number>(q.slots).fill(0))
  const bases = new Map(q.nodes.map(({ id }) => [id, baseBelow(q, id)]))
  for (let t = 0; t < q.slots; t++) {
    const here = seats.filter(({ hours, leftWh }) => hours[t]! > 0 && leftWh > 1)
    const given =
      policy === 'uncontrolled' ? new Map(here.map((seat) => [seat, seat.most])) : shared(q, policy, here, roomsAt(q, bases, t), t)
    for (const [seat, k] of given) {
      const v = seats.indexOf(seat)
      steps[v]![t] = k
      powerW[v]![t] = powerOf(seat, k)
      seat.leftWh -= powerOf(seat, k) * seat.hours[t]!
    }
  }
  return {
    allocations: seats.map(({ need, port, used }, v) => ({
      vehicle: need.id,
      port: port.id,
      periods: steps[v]!.flatMap((k, t) =>
        t > 0 && steps[v]![t - 1] === k ? [] : [{ fromSlot: t, milliamps: k * port.stepMa, phases: used }],
      ),
      powerW: powerW[v]!,
    })),
    shortfalls: [],
    costMicro: 0,
    lowerBoundMicro: 0,
    gap: 0,
  }
}

function seatOf(q: Question, need: Need, port: Port): Seat {
  const node = q.nodes.find(({ id }) => id === port.node)!
  const perAmp = wattsPerAmp(node, Math.min(need.phases, port.phases.length))
  const whole = wattsPerAmp(node, port.phases.length)
  const step = port.stepMa / 1000
  return {
    need,
    port,
    node,
    path: pathUp(q, port.node),
    used: conductors(port, node, need.phases),
    perAmp,
    // whole watts of the minimum and the maximum are rounded down
    least: Math.max(1, Math.ceil((port.minW / whole - 0.005) / step)),
    most: Math.floor(Math.min(((port.maxW + 1) / whole) * 0.99999, (need.maxW + 1) / perAmp) / step),
    hours: usableHours(q, need),
    leftWh: need.energyWh / need.efficiency,
  }
}

const powerOf = ({ port, perAmp }: Seat, k: number): number => Math.floor(Math.round(k * port.stepMa * perAmp * 1e6) / 1e6 / 1000)

/** What base load leaves in a slot; ports are taken to have no reserves. */
function roomsAt(q: Question, bases: Map<string, number[]>, t: number): Rooms {
  const rooms: Rooms = new Map(
    q.nodes.map((node) => {
      const base = bases.get(node.id)![t]!
      const of = (phase: Phase) => node.limitMa![phase][t]! / 1000 - balancedAmps(node, base)
      return [node.id, { w: node.limitW[t]! - base, a: node.limitMa && { l1: of('l1'), l2: of('l2'), l3: of('l3') } }]
    }),
  )
  return rooms
}

const fits = (rooms: Rooms, { path, used, port, perAmp }: Seat, more: number): boolean =>
  path.every(({ id }) => {
    const { w, a } = rooms.get(id)!
    return more * (port.stepMa / 1000) * perAmp <= w && (!a || used.every((phase) => more * (port.stepMa / 1000) <= a[phase]))
  })
const take = (rooms: Rooms, { path, used, port, perAmp }: Seat, more: number): void => {
  for (const { id } of path) {
    const room = rooms.get(id)!
    room.w -= more * (port.stepMa / 1000) * perAmp
    if (room.a) for (const phase of used) room.a[phase] -= more * (port.stepMa / 1000)
  }
}

/** No more than what is left to charge needs in this slot, rounded up. */
const wantedSteps = (seat: Seat, t: number): number => {
  const stepW = (seat.port.stepMa / 1000) * seat.perAmp
  return Math.max(seat.least, Math.min(seat.most, Math.ceil(seat.leftWh / seat.hours[t]! / stepW)))
}

function shared(q: Question, policy: Exclude<Policy, 'uncontrolled'>, here: Seat[], rooms: Rooms, t: number): Map<Seat, number> {
  const given = new Map<Seat, number>()
  if (policy === 'equalShare') {
    const at = new Map(q.nodes.map(({ id }) => [id, here.filter(({ path }) => path.some((node) => node.id === id)).length]))
    for (const seat of here) {
      const stepA = seat.port.stepMa / 1000
      const parts = seat.path.flatMap(({ id }) => {
        const { w, a } = rooms.get(id)!
        const n = at.get(id)!
        return [w / n / seat.perAmp, ...(a ? seat.used.map((phase) => a[phase] / n) : [])]
      })
      const k = Math.min(wantedSteps(seat, t), Math.floor(Math.min(...parts) / stepA))
      if (k >= seat.least) given.set(seat, k)
    }
    return given
  }
  const inOrder = here.toSorted((a, b) => urgency(q, policy, a, t) - urgency(q, policy, b, t))
  if (policy === 'roundRobin') {
    // a step to each in turns, the first one its minimum; whose turn is first moves on with the slots
    const turn = inOrder.map((_, i) => inOrder[(i + t) % inOrder.length]!)
    for (let grows = true; grows; ) {
      grows = false
      for (const seat of turn) {
        const has = given.get(seat) ?? 0
        const more = has === 0 ? seat.least : 1
        if (has + more > wantedSteps(seat, t) || !fits(rooms, seat, more)) continue
        take(rooms, seat, more)
        given.set(seat, has + more)
        grows = true
      }
    }
    return given
  }
  for (const seat of inOrder) {
    let k = wantedSteps(seat, t)
    while (k >= seat.least && !fits(rooms, seat, k)) k -= 1
    if (k < seat.least) continue
    take(rooms, seat, k)
    given.set(seat, k)
  }
  return given
}

const urgency = (q: Question, policy: Policy, { need, leftWh, most, port, perAmp }: Seat, t: number): number => {
  if (policy === 'edf') return need.departs
  const hoursLeft = (need.departs - Math.max(q.now, slotStart(q, t))) / 3_600_000
  if (policy === 'llf') return hoursLeft - leftWh / (most * (port.stepMa / 1000) * perAmp)
  return need.arrives
}
