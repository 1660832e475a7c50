import loadHighs from 'highs'
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

// The same information as a linear program for HiGHS: continuous power up to the highest set point, no minimum, no steps, no taper, no periods. So nothing that a
// charger can do is ever better.

export type Optimum = {
  status: 'optimal' | 'timeout'
  /** Least energy missing in batteries, all needs, Wh. */
  missingWh: number
  /** By rank, the highest first: `chargeFirst`, then priorities. */
  missingByRank: number[]
  /** Energy and demand charge at that least missing energy. */
  costMicro: number
  /** CPU of this thread. */
  tookMs: number
  columns: number
  rows: number
}
export type Oracle = {
  /**
   * Least missing energy rank by rank, then least cost. Welcome energy is worth its reserve price, or none; or it is what `welcomeWh` says, Wh
   * at the port by vehicle.
   */
  best(q: Question, limitSeconds?: number, welcomeWh?: ReadonlyMap<string, number>): Optimum
  /** Least cost of giving each vehicle at least what it gets in some plan (Wh at the port); undefined when no such plan exists. */
  leastCostMicro(q: Question, portWh: ReadonlyMap<string, number>): number | undefined
}

type Column = { cost: number; lower: number; upper: number }
type Row = { lower: number; upper: number; at: number[]; by: number[] }
type Program = { columns: Column[]; rows: Row[]; energy: { need: Need; row: number; short: number; rank: number }[] }

const FREE = 1e30
const cpuMs = ({ user, system }: { user: number; system: number }): number => (user + system) / 1000
const rankOf = ({ chargeFirst, priority }: Need): number => (chargeFirst ? 1e6 : priority)

/** HiGHS as the judge of costs and shortfalls. */
export const makeOracle = async (): Promise<Oracle> => {
  const highs = await loadHighs()
  const { optimal, empty } = highs.constants.modelStatus
  const isSolved = (status: number) => status === optimal || status === empty
  const modelOf = ({ columns, rows }: Program, cost: (c: Column, i: number) => number) => {
    const starts = new Int32Array(rows.length + 1)
    rows.forEach(({ at }, r) => {
      starts[r + 1] = starts[r]! + at.length
    })
    return highs.createModel({
      numCols: columns.length,
      numRows: rows.length,
      colCost: Float64Array.from(columns, cost),
      colLower: Float64Array.from(columns, ({ lower }) => lower),
      colUpper: Float64Array.from(columns, ({ upper }) => upper),
      rowLower: Float64Array.from(rows, ({ lower }) => lower),
      rowUpper: Float64Array.from(rows, ({ upper }) => upper),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: columns.length,
        starts,
        indices: Int32Array.from(rows.flatMap(({ at }) => at)),
        values: Float64Array.from(rows.flatMap(({ by }) => by)),
      },
    })
  }
  return {
    best(q, limitSeconds = 600, welcomeWh = undefined) {
      const program = programOf(q)
      if (welcomeWh)
        for (const { need, short } of program.energy) {
          const given = (welcomeWh.get(need.id) ?? 0) / 1000
          program.columns[short + 1] = { cost: 0, lower: given, upper: given }
        }
      const { columns, rows, energy } = program
      const ranks = [...new Set(energy.map(({ rank }) => rank))].sort((a, b) => b - a)
      const began = performance.now()
      const cpu = process.threadCpuUsage()
      const model = modelOf(program, ({ cost }) => cost)
      try {
        model.options.set({ output_flag: false, time_limit: limitSeconds })
        const missingByRank: number[] = []
        let timeout = false
        const priced = (isPriced: boolean) => columns.forEach(({ cost }, i) => model.changeColCost(i, isPriced ? cost : 0))
        // most depots can serve everybody: asked first with no shortfall allowed, which is one program in place of one a rank
        for (const { short } of energy) model.changeColBounds(short, 0, 0)
        model.run()
        if (isSolved(model.getModelStatus())) missingByRank.push(...ranks.map(() => 0))
        else if (performance.now() - began > limitSeconds * 900) timeout = true
        else {
          priced(false)
          for (const { short } of energy) model.changeColBounds(short, 0, columns[short]!.upper)
          for (const rank of ranks) {
            const here = energy.filter((each) => each.rank === rank)
            for (const { short } of here) model.changeColCost(short, 1)
            model.run()
            const missing = Math.max(0, model.getObjectiveValue())
            missingByRank.push(missing)
            for (const { short } of here) model.changeColCost(short, 0)
            model.addRow(0, missing + 1e-6, { indices: here.map(({ short }) => short), values: here.map(() => 1) })
          }
          priced(true)
          model.run()
          timeout = !isSolved(model.getModelStatus())
        }
        return {
          status: timeout ? 'timeout' : 'optimal',
          missingWh: missingByRank.reduce((sum, kwh) => sum + kwh, 0) * 1000,
          missingByRank: missingByRank.map((kwh) => kwh * 1000),
          costMicro: timeout ? Number.NaN : model.getObjectiveValue() * 1e6,
          tookMs: cpuMs(process.threadCpuUsage(cpu)),
          columns: columns.length,
          rows: rows.length,
        }
      } finally {
        model.dispose()
      }
    },
    leastCostMicro(q, portWh) {
      const program = programOf(q)
      for (const { need, row, short } of program.energy) {
        const wanted = (need.energyWh + (need.extraWh ?? 0)) / need.efficiency
        const given = portWh.get(need.id) ?? 0
        program.columns[short] = { cost: 0, lower: 0, upper: 0 }
        // no more than it would take; a last slot may give a little more than that
        program.rows[row] = {
          ...program.rows[row]!,
          lower: (Math.min(given, wanted) * (1 - 1e-9)) / 1000,
          upper: (Math.max(given, wanted) * (1 + 1e-9)) / 1000,
        }
      }
      const welcome = program.columns.filter((_, i) => program.energy.some(({ short }) => short + 1 === i))
      for (const column of welcome) {
        column.cost = 0
        column.upper = 0
      }
      const model = modelOf(program, ({ cost }) => cost)
      try {
        model.options.set({ output_flag: false, time_limit: 600 })
        model.run()
        return isSolved(model.getModelStatus()) ? model.getObjectiveValue() * 1e6 : undefined
      } finally {
        model.dispose()
      }
    },
  }
}

/** kW, kWh and units of money throughout, so that the numbers of the program are of one size. */
function programOf(q: Question): Program {
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
  const shut = (portNode: string, t: number) => nodes.some((node) => node.closed[t] && node.below.has(portNode))
  const energy: Program['energy'] = []
  for (const { need, port, node, hours, power } of seats) {
    const at: number[] = []
    const by: number[] = []
    hours.forEach((h, t) => {
      if (h === 0 || shut(port.node, t)) return
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
  return { below, roomW: roomW.map((room) => Math.max(0, room)), roomA: roomA && clamp(roomA), closed }
}

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
