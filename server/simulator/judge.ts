import type { Instant } from '#lib/time/instant.ts'

// The judge: each simulated second it holds physical power against the caps. It reads no database and no message,
// only the wires of the simulation.

export type PortId = `${string}/${number}`
export const portId = (charger: string, port: number): PortId => `${charger}/${port}`

export type JudgedNode = {
  id: string
  /** W; may change over time. */
  capW: number | ((at: Instant) => number)
  /** The ports below this node. Left out: all of the depot. */
  ports?: PortId[]
  /** What else draws at this node, W. */
  baseLoadW?: (at: Instant) => number
}
/** One port in one second: what flows, and what a well-behaved charger would let through. */
export type PortSecond = { id: PortId; powerW: number; limitW: number }

export type Over = {
  from: Instant
  seconds: number
  mostExcessW: number
  /** The most that disobedient ports drew above their own limits in one of these seconds, W. */
  mostDisobedienceW: number
  /** Ports that drew more than their limits allow, although they had time to follow. */
  disobedient: PortId[]
  /** The excess exceeded what the disobedient drew too much in at least one second. */
  unexplainedSeconds: number
}
/** `seconds` is 900 for a whole quarter of an hour; only whole ones can be over. */
export type Mean = { from: Instant; seconds: number; meanW: number; capW: number }
export type Verdict = {
  node: string
  mostW: number
  mostAt: Instant | undefined
  seconds: number
  overs: Over[]
  means: Mean[]
  meansOver: Mean[]
}

const QUARTER_MS = 900_000
/** A charger and its vehicle have this long to follow a new limit. */
const FOLLOW_S = 10
/** Half a watt of float noise is no offence. */
const NOISE_W = 0.5

export function makeJudge(nodes: JudgedNode[]) {
  const cases = nodes.map(openCase)
  const disobedientFor = new Map<PortId, number>()

  return {
    /** Looks at one second that ends at `at`. */
    look(at: Instant, ports: readonly PortSecond[]) {
      const excess = new Map<PortId, number>()
      for (const { id, powerW, limitW } of ports) {
        const tooMuch = powerW - limitW
        const lasting = tooMuch > Math.max(0.05 * limitW, 500) ? (disobedientFor.get(id) ?? 0) + 1 : 0
        disobedientFor.set(id, lasting)
        if (lasting > FOLLOW_S) excess.set(id, tooMuch)
      }
      for (const one of cases) one.look(at, ports, excess)
    },
    verdict: (node = nodes[0]?.id): Verdict => {
      const found = cases.find((one) => one.node.id === node)
      if (!found) throw new RangeError(`the judge knows no node ${node}`)
      return found.verdict()
    },
    verdicts: (): Verdict[] => cases.map((one) => one.verdict()),
  }
}
export type Judge = ReturnType<typeof makeJudge>

function openCase(node: JudgedNode) {
  const below = node.ports && new Set(node.ports)
  const overs: Over[] = []
  const means: Mean[] = []
  let running: Over | undefined
  let quarter: { from: Instant; sumW: number; sumCapW: number; seconds: number } | undefined
  let mostW = 0
  let mostAt: Instant | undefined
  let seconds = 0

  function look(at: Instant, ports: readonly PortSecond[], excess: ReadonlyMap<PortId, number>) {
    const mine = below ? ports.filter((port) => below.has(port.id)) : ports
    const totalW = mine.reduce((sum, port) => sum + port.powerW, node.baseLoadW?.(at) ?? 0)
    const capW = typeof node.capW === 'number' ? node.capW : node.capW(at)
    seconds++
    if (mostAt === undefined || totalW > mostW) [mostW, mostAt] = [totalW, at]
    keepMean(at, totalW, capW)
    if (totalW <= capW + NOISE_W) {
      running = undefined
      return
    }
    const guilty = mine.filter((port) => excess.has(port.id))
    noteOver(
      at,
      totalW - capW,
      guilty.map((port) => port.id),
      guilty.reduce((sum, port) => sum + (excess.get(port.id) ?? 0), 0),
    )
  }

  function noteOver(at: Instant, excessW: number, guilty: PortId[], disobedienceW: number) {
    if (!running) {
      running = { from: (at - 1000) as Instant, seconds: 0, mostExcessW: 0, mostDisobedienceW: 0, disobedient: [], unexplainedSeconds: 0 }
      overs.push(running)
    }
    running.seconds++
    running.mostExcessW = Math.max(running.mostExcessW, excessW)
    running.mostDisobedienceW = Math.max(running.mostDisobedienceW, disobedienceW)
    if (excessW > disobedienceW + NOISE_W) running.unexplainedSeconds++
    running.disobedient = [...new Set([...running.disobedient, ...guilty])]
  }

  function keepMean(at: Instant, totalW: number, capW: number) {
    // the second that ends at `at` belongs to the quarter it began in
    const from = (Math.floor((at - 1) / QUARTER_MS) * QUARTER_MS) as Instant
    if (quarter?.from !== from) {
      closeQuarter()
      quarter = { from, sumW: 0, sumCapW: 0, seconds: 0 }
    }
    quarter.sumW += totalW
    quarter.sumCapW += capW
    quarter.seconds++
  }

  function closeQuarter() {
    if (quarter) means.push(meanOf(quarter))
    quarter = undefined
  }

  const verdict = (): Verdict => {
    const all = quarter ? [...means, meanOf(quarter)] : [...means]
    return {
      node: node.id,
      mostW,
      mostAt,
      seconds,
      overs: [...overs],
      means: all,
      meansOver: all.filter((m) => m.seconds * 1000 === QUARTER_MS && m.meanW > m.capW + NOISE_W),
    }
  }
  return { node, look, verdict }
}

const meanOf = ({ from, sumW, sumCapW, seconds }: { from: Instant; sumW: number; sumCapW: number; seconds: number }): Mean => ({
  from,
  seconds,
  meanW: sumW / seconds,
  capW: sumCapW / seconds,
})
