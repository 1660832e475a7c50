import loadHighs from 'highs'
import { type Column, type Program, programOf } from './program.ts'
import type { Question } from './question.ts'

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

const cpuMs = ({ user, system }: { user: number; system: number }): number => (user + system) / 1000

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
