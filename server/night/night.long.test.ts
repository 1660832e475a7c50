import { expect, test } from 'vitest'
import { minutes, plus, seconds } from '#lib/time/instant.ts'
import { unpacked } from '../store/packed.ts'
import { testDatabase } from '../tools/test-store.ts'
import { auditEnvelope, countedTooEarly, readSent } from './envelope-audit.ts'
import { makeNightClock } from './night-clock.ts'
import { tellNight } from './tell-night.ts'
import { liveThrough } from './test-live-through.ts'
import { atTime, BATTERY_WH, nightNodes, portOf, startNight, vanOf } from './test-world.ts'

// Fixture F1: 14 ports of 19.2 kW under 80 kW without a building, 55 kWh each, plugged in from 17:00 to 20:00, gone from 05:00 to 07:00.
// A whole night second by second, which takes minutes: `npm run test:long`.

const START = atTime('16:57')
const END = plus(atTime('23:59'), minutes(7 * 60 + 3))
const CAP_W = 80_000
const NEEDS_WH = 55_000
/** The state of charge is told in whole percent. */
const SOC_STEP = 0.01

const vans = Array.from({ length: 14 }, (_, i) => ({
  n: i + 1,
  homeAt: plus(atTime('17:00'), minutes(12.5 * i)),
  leavesAt: plus(atTime('23:59'), minutes(5 * 60 + 1 + 9 * i)),
  hasWh: 10_000,
  // 55 kWh from the grid
  needsWh: Math.round(NEEDS_WH * 0.92),
}))

test('F1: everybody is ready, the plan and the wires stay under 80 kW', { timeout: 3_600_000 }, async () => {
  const { url } = await testDatabase()
  const clock = makeNightClock(START)
  const plan = { clock, start: START, end: END, vans, capW: CAP_W }
  const night = await startNight({ ...plan, databaseUrl: url })
  const socAtLeave = new Map<number, number>()
  const leaving = vans.map(({ n, leavesAt }) => ({
    at: plus(leavesAt, -seconds(2)),
    says: `van ${n} is about to leave`,
    do: () => socAtLeave.set(n, night.depot.vehicle(vanOf(n)).soc()),
  }))
  await liveThrough(night, clock, END, leaving, (at) => tellNight(night, at))

  for (const { overs, meansOver } of night.depot.judge.verdicts()) expect({ overs, meansOver }).toEqual({ overs: [], meansOver: [] })
  const sent = await readSent(night.db)
  const audit = auditEnvelope(
    sent,
    nightNodes(plan).map((node) => ({ ...node, ports: node.ports.map(portOf) })),
    { from: atTime('16:59'), until: END },
  )
  expect(audit.passed).toEqual([])
  expect(await countedTooEarly(night.db, sent.rows)).toEqual([])
  expect(vans.filter(({ n, hasWh, needsWh }) => socAtLeave.get(n)! < (hasWh + needsWh) / BATTERY_WH - SOC_STEP)).toEqual([])
  const plans = await night.db.prisma.plan.findMany({ select: { result: true } })
  const most = plans.map(({ result }) => {
    const { allocations } = unpacked(result) as { allocations: { powerW: number[] }[] }
    const slots = Math.max(0, ...allocations.map(({ powerW }) => powerW.length))
    return Math.max(0, ...Array.from({ length: slots }, (_, slot) => allocations.reduce((sum, { powerW }) => sum + (powerW[slot] ?? 0), 0)))
  })
  expect(Math.max(...most)).toBeLessThanOrEqual(CAP_W)
  const writes = vans.map(
    ({ n }) => sent.rows.filter(({ port, safety, outcome }) => port === portOf(n) && !safety && outcome !== 'notSent').length,
  )
  console.info(
    `profile writes per charger outside safety in the night: ${writes.join(' ')}; most W on the wires ${night.depot.judge.verdict().mostW}`,
  )
  expect(Math.max(...writes)).toBeLessThanOrEqual(100)
  await night.close()
})
