import {
  balancedAmps,
  baseBelow,
  conductors,
  highestW,
  mostTogetherW,
  type Need,
  type Node,
  PHASES,
  type Phase,
  type Port,
  pathUp,
  plannable,
  type Question,
  siteBase,
  usableHours,
  wattsPerAmp,
} from './question.ts'

// A plan's question as a linear program: continuous power up to the highest set point, no steps, no taper, no periods; none at all where not even
// the minimum has room if all others stand still. So nothing that a charger can do is ever better.

export type Column = { cost: number; lower: number; upper: number }
type Row = { lower: number; upper: number; at: number[]; by: number[] }
export type Program = { columns: Column[]; rows: Row[]; energy: { need: Need; row: number; short: number; rank: number }[] }

const FREE = 1e30
const rankOf = ({ chargeFirst, priority }: Need): number => (chargeFirst ? 1e6 : priority)

/** kW, kWh and units of money throughout, so that the numbers of the program are of one size. */
export function programOf(q: Question): Program {
  const columns: Column[] = []
  const rows: Row[] = []
  const column = (cost: number, lower: number, upper: number) => columns.push({ cost, lower, upper }) - 1
  const seats = plannable(q).map((seat) => ({
    ...seat,
    node: q.nodes.find(({ id }) => id === seat.port.node)!,
    hours: usableHours(q, seat.need),
    power: new Map<number, number>(),
  }))
  const nodes = q.nodes.map((node) => nodeOf(q, node))
  const shut = (portNode: string, on: Phase[], t: number) =>
    nodes.some((node) => node.below.has(portNode) && (node.closed[t] || on.some((phase) => node.closedOn?.[phase][t])))
  const together = mostTogetherW(q)
  const energy: Program['energy'] = []
  for (const { need, port, node, hours, power } of seats) {
    const at: number[] = []
    const by: number[] = []
    const least = leastOf(port, node, need)
    const above = nodes.filter(({ below }) => below.has(port.node))
    const hasRoom = (t: number) => {
      const reservedW = port.reservedW[t] ?? 0
      const isWide = ({ roomW, roomA }: (typeof above)[number]) =>
        roomW[t]! + reservedW >= least.w &&
        (!roomA || least.on.every((phase) => (roomA[phase][t]! + reservedW / least.heldPerAmp) * 1000 + 1 + q.nodes.length >= least.mA))
      return highestW(port, node, need) + 1 >= least.w && together[t]! >= least.w && above.every(isWide)
    }
    hours.forEach((h, t) => {
      if (h === 0 || shut(port.node, least.on, t) || !hasRoom(t)) return
      const p = column((q.prices.microPerKwh[t]! / 1e6) * h, 0, highestW(port, node, need) / 1000)
      power.set(t, p)
      at.push(p)
      by.push(h)
    })
    const needed = need.energyWh / need.efficiency / 1000
    const short = column(0, 0, need.energyWh / 1000)
    const reserve = q.prices.reserveMicroPerKwh
    const welcome = column(reserve === undefined ? 0 : -reserve / 1e6, 0, (need.extraWh ?? 0) / need.efficiency / 1000)
    rows.push({ lower: needed, upper: needed, at: [...at, short, welcome], by: [...by, 1 / need.efficiency, -1] })
    energy.push({ need, row: rows.length - 1, short, rank: rankOf(need) })
  }
  const ports = [...Map.groupBy(seats, ({ port }) => port)].map(([port, at]) => ({ port, at, node: at[0]!.node }))
  for (let t = 0; t < q.slots; t++) {
    // above its reserve a port counts with what it gives: `over` in kW for limits of power, `amps` on each conductor
    const loads = ports.flatMap(({ port, at, node }) => {
      const here = at.flatMap((seat) => (seat.power.has(t) ? [{ p: seat.power.get(t)!, need: seat.need }] : []))
      if (here.length === 0) return []
      if (here.length > 1) rows.push({ lower: -FREE, upper: port.maxW / 1000, at: here.map(({ p }) => p), by: here.map(() => 1) })
      return [loadOf(port, node, here, (port.reservedW[t] ?? 0) / 1000, column, rows)]
    })
    for (const { below, roomW, roomA } of nodes) {
      const under = loads.filter(({ at }) => below.has(at))
      addLimit(
        rows,
        columns,
        under.map(({ over }) => over),
        roomW[t]! / 1000,
      )
      for (const phase of PHASES)
        if (roomA)
          addLimit(
            rows,
            columns,
            under.flatMap(({ amps }) => amps[phase]),
            roomA[phase][t]!,
          )
    }
  }
  addDemand(q, column, rows, columns, seats)
  return { columns, rows, energy }
}

/** The lowest set point of a vehicle: its power, its current and the conductors it is on. */
function leastOf(port: Port, node: Node, need: Need) {
  const perAmp = wattsPerAmp(node, Math.min(need.phases, port.phases.length))
  const heldPerAmp = wattsPerAmp(node, port.phases.length)
  // a whole watt of the minimum may be lost where W and A are rounded
  const leastMa = Math.max(port.stepMa, (port.minW * 1000) / heldPerAmp - 1000 / perAmp)
  const mA = Math.ceil(leastMa / port.stepMa - 1e-9) * port.stepMa
  return { mA, w: Math.floor((mA * perAmp) / 1000), on: conductors(port, node, need.phases), heldPerAmp }
}

type Term = { x: number; by: number }
type Load = { at: string; over: Term; amps: Record<Phase, Term[]> }

function loadOf(
  port: Port,
  node: Node,
  here: { p: number; need: Need }[],
  reservedKw: number,
  column: (cost: number, lower: number, upper: number) => number,
  rows: Row[],
): Load {
  const terms = here.map(({ p, need }) => ({
    p,
    used: conductors(port, node, need.phases),
    ampsPerKw: 1000 / wattsPerAmp(node, Math.min(need.phases, port.phases.length)),
  }))
  const amps: Load['amps'] = { l1: [], l2: [], l3: [] }
  if (reservedKw === 0 && here.length === 1) {
    const { p, used, ampsPerKw } = terms[0]!
    for (const phase of used) amps[phase].push({ x: p, by: ampsPerKw })
    return { at: port.node, over: { x: p, by: 1 }, amps }
  }
  const over = column(0, 0, FREE)
  rows.push({ lower: -reservedKw, upper: FREE, at: [over, ...terms.map(({ p }) => p)], by: [1, ...terms.map(() => -1)] })
  const held = conductors(port, node, 3)
  const reservedA = (reservedKw * 1000) / wattsPerAmp(node, port.phases.length)
  for (const phase of PHASES) {
    const on = terms.filter(({ used }) => used.includes(phase))
    if (on.length === 0) continue
    const z = column(0, 0, FREE)
    const lower = held.includes(phase) ? -reservedA : 0
    rows.push({ lower, upper: FREE, at: [z, ...on.map(({ p }) => p)], by: [1, ...on.map(({ ampsPerKw }) => -ampsPerKw)] })
    amps[phase].push({ x: z, by: 1 })
  }
  return { at: port.node, over: { x: over, by: 1 }, amps }
}

/** Σ terms ≤ room, left out where it cannot be passed. */
function addLimit(rows: Row[], columns: Column[], terms: Term[], room: number): void {
  if (terms.length === 0 || terms.reduce((sum, { x, by }) => sum + columns[x]!.upper * by, 0) <= room) return
  rows.push({ lower: -FREE, upper: room, at: terms.map(({ x }) => x), by: terms.map(({ by }) => by) })
}

function nodeOf(q: Question, node: Node) {
  const base = baseBelow(q, node.id)
  const below = new Set(q.nodes.filter(({ id }) => pathUp(q, id).includes(node)).map(({ id }) => id))
  const ports = q.ports.filter((port) => below.has(port.node))
  const reserved = (t: number) => ports.reduce((sum, port) => sum + (port.reservedW[t] ?? 0), 0)
  const reservedA = (phase: Phase, t: number) =>
    ports.reduce((sum, port) => {
      const own = q.nodes.find(({ id }) => id === port.node)!
      return sum + (conductors(port, own, 3).includes(phase) ? (port.reservedW[t] ?? 0) / wattsPerAmp(own, port.phases.length) : 0)
    }, 0)
  const roomW = base.map((w, t) => node.limitW[t]! - w - reserved(t))
  const { limitMa } = node
  const roomOf = (phase: Phase) => limitMa![phase].map((mA, t) => mA / 1000 - balancedAmps(node, base[t]!) - reservedA(phase, t))
  const roomA = limitMa && { l1: roomOf('l1'), l2: roomOf('l2'), l3: roomOf('l3') }
  // already over without any plan: nothing is given there
  const closed = roomW.map((room) => room < 0)
  const closedOn = roomA && { l1: over(q, roomA.l1), l2: over(q, roomA.l2), l3: over(q, roomA.l3) }
  return { below, roomW: roomW.map((room) => Math.max(0, room)), roomA: roomA && clamp(roomA), closed, closedOn }
}

/** A line that reserves and base load pass already, by more than whole mA of each: nobody on it is given anything, what is kept for its port neither. */
const over = (q: Question, roomA: number[]): boolean[] => roomA.map((room) => room * 1000 < -1 - q.nodes.length)

const clamp = (room: Record<Phase, number[]>): Record<Phase, number[]> => ({
  l1: room.l1.map((a) => Math.max(0, a)),
  l2: room.l2.map((a) => Math.max(0, a)),
  l3: room.l3.map((a) => Math.max(0, a)),
})

function addDemand(
  q: Question,
  column: (cost: number, lower: number, upper: number) => number,
  rows: Row[],
  columns: Column[],
  seats: { power: Map<number, number> }[],
): void {
  const base = siteBase(q).map((w) => w / 1000)
  mostTogetherW(q).forEach((most, t) => {
    if (most === Number.POSITIVE_INFINITY) return
    addLimit(
      rows,
      columns,
      seats.flatMap(({ power }) => (power.has(t) ? [{ x: power.get(t)!, by: 1 }] : [])),
      most / 1000,
    )
  })
  for (const { microPerKw, slots, peakSoFarW } of q.prices.demand) {
    const above = base.reduce((most, kw, t) => (slots[t] ? Math.max(most, kw) : most), peakSoFarW / 1000) - peakSoFarW / 1000
    const peak = column(microPerKw / 1e6, above, FREE)
    for (let t = 0; t < q.slots; t++) {
      if (!slots[t]) continue
      const at = seats.flatMap(({ power }) => (power.has(t) ? [power.get(t)!] : []))
      const most = at.reduce((sum, p) => sum + columns[p]!.upper, base[t]!)
      if (most <= peakSoFarW / 1000 + above) continue
      rows.push({ lower: -FREE, upper: peakSoFarW / 1000 - base[t]!, at: [...at, peak], by: [...at.map(() => 1), -1] })
    }
  }
}
