import { boardOf } from '#lib/planning/board.ts'
import { relax } from '#lib/planning/flow/relax.ts'
import { nightOf } from './instances.ts'
import { makeOracle } from './oracle.ts'

const oracle = await makeOracle()
const [n, slots, count] = [Number(process.argv[2] ?? 12), Number(process.argv[3] ?? 96) as 96 | 288, Number(process.argv[4] ?? 12)]
const tariffs = ['sce-summer', 'flat'] as const

import { readFileSync } from 'node:fs'

const ids = [
  ...JSON.parse(readFileSync(new URL('./data/tariff-days.json', import.meta.url), 'utf8')).days.map((d: { id: string }) => d.id),
  'flat',
] as never[]
for (let s = 0; s < count; s++) {
  const input = nightOf({
    seed: s,
    vehicles: n,
    slots,
    tariff: ids[s % ids.length]!,
    phases: s % 3 === 2 ? 'mixed208' : 'one',
    ...(s % 2 ? { tightness: 0.85 + (0.3 * ((s * 7) % 10)) / 10 } : {}),
    levels: ([1, 3, 4] as const)[s % 3]!,
    baseLoad: s % 4 !== 0,
    gridSignal: s % 5 === 0,
    peakSoFar: [0, 0.8, 1.1][s % 3]!,
    welcome: 0,
    neverPause: 0,
    priorities: s % 4 === 1,
  })
  const best = oracle.best(JSON.parse(JSON.stringify(input)), 100)
  const board = boardOf(input)
  const b = process.threadCpuUsage()
  const r = relax(
    board,
    input.prices.microPerKwh,
    board.seats.map((x) => x.target),
  )
  const e = process.threadCpuUsage(b)
  const missing = board.seats.reduce((sum, x) => sum + x.target, 0) - r.wanted.reduce((a, c) => a + c, 0)
  const least = input.prices.demand
    .map(({ slots, peakSoFarW, microPerKw, targetW }) => {
      let m = Math.max(peakSoFarW, targetW ?? 0)
      board.baseW.forEach((w, t) => {
        if (slots[t]) m = Math.max(m, w)
      })
      return ((m - peakSoFarW) * microPerKw) / 1000
    })
    .reduce((a, c) => a + c, 0)
  const total = r.boundMicro + least
  const ub = r.solved.cost / 3.6e9 + input.prices.demand.reduce((a, d, i) => a + ((r.peaks[i]! - d.peakSoFarW) * d.microPerKw) / 1000, 0)
  console.log(
    s,
    ids[s % ids.length],
    'oracle',
    Math.round(best.costMicro),
    'ms',
    best.tookMs.toFixed(0),
    'lb rel',
    (((best.costMicro - total) / best.costMicro) * 100).toFixed(5) + '%',
    'ub rel',
    (((ub - best.costMicro) / best.costMicro) * 100).toFixed(5) + '%',
    'missing',
    (best.missingWh / 0.92 / 1000).toFixed(3),
    (missing / 3.6e9).toFixed(3),
    'demands',
    input.prices.demand.length,
    'ms',
    ((e.user + e.system) / 1000).toFixed(1),
  )
}
