import {
  type Allocation,
  type Answer,
  balancedAmps,
  baseBelow,
  conductors,
  mostTogetherW,
  mostW,
  type Need,
  type Node,
  PHASES,
  type Port,
  pathUp,
  type Question,
  siteBase,
  slotMsOf,
  usableHours,
  wattsPerAmp,
} from './question.ts'

export type Violation = { rule: string; at: string; slot?: number; says: string }
type VehicleResult = { vehicle: string; deliveredWh: number; missingWh: number; portWh: number; onBlocks: number; periods: number }
export type Verdict = {
  violations: Violation[]
  vehicles: VehicleResult[]
  energyMicro: number
  demandMicro: number
  costMicro: number
  peakW: number
}

/** Amounts that no meter tells are no shortfall: 50 Wh, or 1 % of the need where that is less. */
export const negligibleWh = (energyWh: number): number => Math.min(50, energyWh / 100)

type Row = { need: Need; port: Port; node: Node; plan: Allocation; hours: number[] }

/**
 * Judges a plan by its two JSON documents alone: every limit of every node, phase, port and slot, what a charger can do, and what the plan
 * says of itself. Power is W, current mA; a slot of a limit counts whole, energy only while the vehicle is there.
 */
export const checkPlan = (q: Question, answer: Answer): Verdict => {
  const violations: Violation[] = []
  const tell = (rule: string, at: string, says: string, slot?: number) =>
    violations.push({ rule, at, says, ...(slot === undefined ? {} : { slot }) })
  const rows = rowsOf(q, answer, tell)
  for (const row of rows) checkRow(q, row, tell)
  checkPorts(q, rows, tell)
  const byPort = Map.groupBy(rows, ({ port }) => port)
  for (const node of q.nodes) checkNode(q, node, byPort, tell)
  mostTogetherW(q).forEach((most, t) => {
    const together = rows.reduce((sum, { plan }) => sum + (plan.powerW[t] ?? 0), 0)
    if (together > most) tell('hardTarget', 'site', `${together} W of ${most}`, t)
  })
  const byNeed = new Map(rows.map((row) => [row.need, row]))
  const vehicles = q.needs.map((need) => resultOf(need, byNeed.get(need)))
  checkShortfalls(q, answer, vehicles, tell)
  const { energyMicro, demandMicro, peakW } = costOf(q, rows)
  const costMicro = energyMicro + demandMicro
  const near = (a: number, b: number) => Math.abs(a - b) <= 2 + 1e-9 * Math.abs(b)
  if (!near(answer.costMicro, costMicro)) tell('cost', 'plan', `says ${answer.costMicro}, is ${costMicro} micro`)
  if (answer.lowerBoundMicro > answer.costMicro + 1) tell('bound', 'plan', `bound ${answer.lowerBoundMicro} above cost ${answer.costMicro}`)
  const gap = answer.costMicro === 0 ? 0 : (answer.costMicro - answer.lowerBoundMicro) / Math.abs(answer.costMicro)
  if (Math.abs(gap - answer.gap) > 1e-9) tell('gap', 'plan', `says ${answer.gap}, is ${gap}`)
  return { violations, vehicles, energyMicro, demandMicro, costMicro, peakW }
}

type Tell = (rule: string, at: string, says: string, slot?: number) => void

function rowsOf(q: Question, answer: Answer, tell: Tell): Row[] {
  const seen = new Set<string>()
  return answer.allocations.flatMap((plan) => {
    const need = q.needs.find(({ id }) => id === plan.vehicle)
    const port = q.ports.find(({ id }) => id === plan.port)
    const node = q.nodes.find(({ id }) => id === port?.node)
    if (!need || !port || !node || need.port !== port.id) {
      tell('known', plan.vehicle, `no such vehicle at port ${plan.port}`)
      return []
    }
    if (seen.has(need.id)) tell('once', need.id, 'allocated twice')
    seen.add(need.id)
    if (plan.powerW.length !== q.slots) tell('slots', need.id, `${plan.powerW.length} powers for ${q.slots} slots`)
    if (port.offline && plan.powerW.some((w) => w > 0)) tell('offline', need.id, `planned at ${port.id}, which cannot be reached`)
    return [{ need, port, node, plan, hours: usableHours(q, need) }]
  })
}

/** One vehicle: set points the charger has, while the vehicle is there, few periods, no pause for one that would not wake. */
function checkRow(q: Question, { need, port, node, plan, hours }: Row, tell: Tell): void {
  const used = conductors(port, node, need.phases)
  const perAmp = wattsPerAmp(node, Math.min(need.phases, port.phases.length))
  const leastMa = Math.max(port.stepMa, (port.minW * 1000) / wattsPerAmp(node, port.phases.length))
  if (plan.periods.length > Math.max(1, port.maxPeriods)) tell('maxPeriods', need.id, `${plan.periods.length} of ${port.maxPeriods}`)
  plan.periods.forEach(({ fromSlot, milliamps, phases }, i) => {
    if (fromSlot < 0 || fromSlot >= q.slots || !Number.isInteger(fromSlot)) tell('period', need.id, `begins in slot ${fromSlot}`)
    if (i > 0 && fromSlot <= plan.periods[i - 1]!.fromSlot) tell('period', need.id, `slot ${fromSlot} out of order`)
    if (milliamps % port.stepMa !== 0) tell('stepMa', need.id, `${milliamps} mA is no step of ${port.stepMa}`, fromSlot)
    // a whole watt of the minimum may be lost where W and A are rounded
    if (milliamps !== 0 && milliamps + 1000 / perAmp < leastMa) tell('minimum', need.id, `${milliamps} mA under ${leastMa}`, fromSlot)
    if (milliamps < 0) tell('minimum', need.id, `${milliamps} mA`, fromSlot)
    if (milliamps > 0 && phases.join() !== used.join()) tell('rotation', need.id, `${phases.join()} in place of ${used.join()}`, fromSlot)
  })
  const atPort = mostW(port, node, { ...need, maxW: Number.POSITIVE_INFINITY })
  let at = -1
  plan.powerW.forEach((w, t) => {
    while (at + 1 < plan.periods.length && plan.periods[at + 1]!.fromSlot <= t) at++
    const mA = at < 0 ? 0 : plan.periods[at]!.milliamps
    const shouldW = Math.floor(Math.round(mA * perAmp * 1e6) / 1e6 / 1000)
    if (w !== shouldW) tell('power', need.id, `${w} W, but ${mA} mA is ${shouldW} W`, t)
    if (w > atPort) tell('portMax', need.id, `${w} W of ${Math.floor(atPort)}`, t)
    if (w > need.maxW) tell('vehicleMax', need.id, `${w} W of ${need.maxW}`, t)
    if (w > 0 && !(hours[t]! > 0)) tell('present', need.id, `${w} W while it is not there`, t)
  })
  if (!need.mayPause && blocksOf(plan.powerW) > 1) tell('mayPause', need.id, `${blocksOf(plan.powerW)} blocks, would not wake`)
}

/** A port serves one vehicle at a time. */
function checkPorts(q: Question, rows: Row[], tell: Tell): void {
  for (const [port, sharing] of Map.groupBy(rows, (row) => row.port.id)) {
    if (sharing.length < 2) continue
    for (let t = 0; t < q.slots; t++)
      if (sharing.filter(({ plan }) => (plan.powerW[t] ?? 0) > 0).length > 1) tell('onePerPort', port, 'two vehicles at once', t)
  }
}

/** A node: base load and, for every port below, its allocation or its reserve, whichever is larger. */
function checkNode(q: Question, node: Node, byPort: Map<Port, Row[]>, tell: Tell): void {
  const base = baseBelow(q, node.id)
  const below = q.ports.filter((port) => pathUp(q, port.node).includes(node))
  const basesBelow = q.nodes.filter(({ id, baseLoadW }) => baseLoadW && pathUp(q, id).includes(node)).length
  const wired = node.limitMa ? below.map((port) => wiringOf(q, port, byPort.get(port) ?? [])) : []
  for (let t = 0; t < q.slots; t++) {
    let [planned, load] = [0, base[t]!]
    const amps: Record<string, number> = {}
    for (const phase of PHASES) amps[phase] = balancedAmps(node, base[t]!)
    for (const port of below) {
      const at = byPort.get(port) ?? []
      const given = at.reduce((sum, { plan }) => sum + (plan.powerW[t] ?? 0), 0)
      planned += given
      load += Math.max(given, port.reservedW[t] ?? 0)
    }
    const plannedOn: Record<string, number> = { l1: 0, l2: 0, l3: 0 }
    for (const port of wired) addAmps(port, t, amps, plannedOn)
    if (planned === 0) continue
    if (load > node.limitW[t]!) tell('limitW', node.id, `${load} W of ${node.limitW[t]}`, t)
    for (const phase of PHASES) {
      const limit = node.limitMa?.[phase][t]
      // base loads and reserves become whole mA one by one
      if (limit !== undefined && plannedOn[phase]! > 0 && amps[phase]! * 1000 > limit + 1 + basesBelow)
        tell('limitMa', node.id, `${phase}: ${Math.round(amps[phase]! * 1000)} mA of ${limit}`, t)
    }
  }
}

/** The conductors of a port and of each vehicle at it, and what an ampere makes there. */
const wiringOf = (q: Question, port: Port, at: Row[]) => {
  const own = q.nodes.find(({ id }) => id === port.node)!
  return {
    reservedW: port.reservedW,
    held: conductors(port, own, 3),
    heldPerAmp: wattsPerAmp(own, port.phases.length),
    rows: at.map(({ need, plan }) => ({
      powerW: plan.powerW,
      used: conductors(port, own, need.phases),
      perAmp: wattsPerAmp(own, Math.min(need.phases, port.phases.length)),
    })),
  }
}

/** Currents add up arithmetically on each conductor; those of the plan are told apart: a phase that is over without it is not its fault. */
function addAmps(
  { reservedW, held, heldPerAmp, rows }: ReturnType<typeof wiringOf>,
  t: number,
  amps: Record<string, number>,
  planned: Record<string, number>,
): void {
  for (const phase of PHASES) {
    const given = rows.reduce((sum, { powerW, used, perAmp }) => sum + (used.includes(phase) ? (powerW[t] ?? 0) / perAmp : 0), 0)
    planned[phase]! += given
    amps[phase]! += Math.max(given, held.includes(phase) ? (reservedW[t] ?? 0) / heldPerAmp : 0)
  }
}

function resultOf(need: Need, row: Row | undefined): VehicleResult {
  let portWh = 0
  row?.plan.powerW.forEach((w, t) => {
    portWh += Math.min(w, takes(need, portWh * need.efficiency)) * row.hours[t]!
  })
  const deliveredWh = portWh * need.efficiency
  const missing = Math.max(0, need.energyWh - deliveredWh)
  return {
    vehicle: need.id,
    deliveredWh,
    missingWh: missing <= negligibleWh(need.energyWh) ? 0 : missing,
    portWh,
    onBlocks: row ? blocksOf(row.plan.powerW) : 0,
    periods: row?.plan.periods.length ?? 0,
  }
}

/** What the vehicle takes at most when `batteryWh` have been charged: a taper is followed in the order of time. */
const takes = ({ taper, maxW }: Need, batteryWh: number): number =>
  (taper ?? []).reduce((most, point) => (batteryWh >= point.afterWh ? Math.min(most, point.maxW) : most), maxW)

/** What the plan says it will miss is what it will miss, for vehicles that leave within its slots. */
function checkShortfalls(q: Question, answer: Answer, vehicles: VehicleResult[], tell: Tell): void {
  const end = (Math.floor(q.now / slotMsOf(q)) + q.slots) * slotMsOf(q)
  for (const { vehicle, missingWh, deliveredWh } of vehicles) {
    const need = q.needs.find(({ id }) => id === vehicle)!
    const port = q.ports.find(({ id }) => id === need.port)
    if (!port || port.offline || need.departs <= q.now || need.departs > end) continue
    const said = answer.shortfalls.find((each) => each.vehicle === vehicle)?.missingWh ?? 0
    // to tell what is negligible is no mistake
    if (Math.abs(said - missingWh) > 1 && Math.abs(said - Math.max(0, need.energyWh - deliveredWh)) > 1)
      tell('shortfall', vehicle, `says ${said} Wh missing, is ${missingWh.toFixed(1)}`)
  }
}

/** Energy as allowed by the plan, at each slot's price; what it adds to the month's peaks, with all base load. */
function costOf(q: Question, rows: Row[]): { energyMicro: number; demandMicro: number; peakW: number } {
  let energyMicro = 0
  const load = siteBase(q)
  for (const { plan, hours } of rows)
    plan.powerW.forEach((w, t) => {
      energyMicro += (w / 1000) * hours[t]! * q.prices.microPerKwh[t]!
      load[t]! += w
    })
  const demandMicro = q.prices.demand.reduce((sum, { microPerKw, slots, peakSoFarW }) => {
    const peak = load.reduce((most, w, t) => (slots[t] ? Math.max(most, w) : most), peakSoFarW)
    return sum + ((peak - peakSoFarW) / 1000) * microPerKw
  }, 0)
  return { energyMicro, demandMicro, peakW: Math.max(0, ...load) }
}

/** How often it begins to charge. */
const blocksOf = (powerW: number[]): number => powerW.reduce((count, w, t) => count + (w > 0 && !(powerW[t - 1]! > 0) ? 1 : 0), 0)
