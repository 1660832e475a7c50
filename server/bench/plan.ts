// `npm run bench plan`: how long one plan takes on one core, CPU ms. Fourteen vans on a night with four prices, and two hundred. The last
// line is the result as JSON.
import { depot, five, pricesBy, van, zerega } from '#lib/planning/depot-fixture.ts'
import type { PlanningInput } from '#lib/planning/input.ts'
import { plan } from '#lib/planning/plan.ts'
import { minutes, plus } from '#lib/time/instant.ts'

const SLOTS = 288
const tou = { '17:00': 300_000, '21:00': 180_000, '00:00': 120_000, '06:00': 250_000 }
const prices = { microPerKwh: pricesBy(SLOTS, tou), demand: [] }

/** Fourteen vans of one depot, five-minute slots, a day ahead. */
const fourteen = zerega({ slots: SLOTS, policy: 'cheapest', prices })
/** Two hundred that come within three hours and leave within another three, under a cap of 720 kW. */
const twoHundred = depot(
  720,
  Array.from({ length: 200 }, (_, i) =>
    van(`v${i}`, '05:00', 20 + ((i * 37) % 50), {
      arrives: plus(five, ((i * 13) % 36) * minutes(5)),
      departs: plus(five, (130 + ((i * 29) % 40)) * minutes(5)),
    }),
  ),
  { slots: SLOTS, policy: 'cheapest', prices },
)
const withPrevious = (input: PlanningInput): PlanningInput => ({ ...input, previous: plan(input) })

const cases = [
  measured('a new plan', fourteen, 200),
  measured('a plan that keeps the last one', withPrevious(fourteen), 200),
  measured('a new plan', twoHundred, 30),
  measured('a plan that keeps the last one', withPrevious(twoHundred), 30),
]
console.table(cases)
console.log(JSON.stringify({ bench: 'plan', cases }))

/** CPU ms of `runs` plans, after a few that warm up. */
function measured(name: string, input: PlanningInput, runs: number) {
  const took: number[] = []
  for (let i = -5; i < runs; i += 1) {
    const before = process.threadCpuUsage()
    plan(input)
    const { user, system } = process.threadCpuUsage(before)
    if (i >= 0) took.push((user + system) / 1000)
  }
  took.sort((a, b) => a - b)
  const at = (part: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * part))]! * 100) / 100
  return { name, vehicles: input.needs.length, slots: input.slots, p50Ms: at(0.5), p99Ms: at(0.99) }
}
