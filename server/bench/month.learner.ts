import { expectedPeakW, type LivedDay, neededPeakW, type SeenDay } from '#lib/energy/learned-peak.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Learner, Past, Visit, World } from './month.replay.ts'

const DAY_MS = 86_400_000
const SLOT_MS = 300_000
/** Vehicles that nobody announced may come as long as so much of the power is asked for; below it the night is quiet and prices decide. */
const BUSY = 0.5
/** … else each hour of waiting counts as so much a kWh: what is done is not in the way of those who come. */
const WAITING_MICRO = 30_000
/** Where those who are there need a higher peak than was expected, more of them will come. */
const MORE_COME = 1.1

/**
 * Where vehicles come unannounced, power up to the peak that is paid for anyway is used as early as possible, by whoever has least time to spare:
 * what is done is not in the way of those who come. That peak is the highest of three: the month's so far, what the product's own learner
 * (`lib/energy/learned-peak.ts`) expects of the days left, from the days before this one, and what those who are there now need. `before`: days
 * seen in another half-month.
 */
export const unannounced = (world: World, before: SeenDay[]): Learner => {
  const expected = expecting(world, before)
  return {
    asked(input, past) {
      const learnedW = expected(past)
      const [charge] = input.prices.demand
      const mustW = neededPeakW({
        from: past.now,
        slotMs: SLOT_MS,
        baseW: (input.nodes[0]!.baseLoadW ?? []) as number[],
        charged: charge!.slots,
        siteW: world.node.limitW,
        visits: input.needs.map(({ arrives, departs, energyWh, efficiency, maxW }) => ({
          arrives,
          departs,
          energyWh: energyWh / efficiency,
          maxW,
        })),
      })
      const expectedW = Math.max(charge!.peakSoFarW, learnedW ?? 0)
      const capW = Math.ceil(Math.max(expectedW, mustW > expectedW && learnedW === undefined ? mustW * MORE_COME : mustW))
      const waits = mustW < BUSY * capW ? 0 : WAITING_MICRO
      return {
        ...input,
        prices: {
          microPerKwh: input.prices.microPerKwh.map((price, t) => price + waits * Math.floor((t * SLOT_MS) / 3_600_000)),
          demand: [{ ...charge!, targetW: capW as Watts, targetIsHard: true }],
        },
      }
    },
  }
}

/** What the product's learner expects of the days left, from the days before this one. */
const expecting = (world: World, before: SeenDay[]) => {
  const days = Math.ceil((world.slots * SLOT_MS) / DAY_MS)
  const dayAt = (day: number) => new Date(world.from + day * DAY_MS).toISOString().slice(0, 10)
  const seen = new Map<number, SeenDay>()
  return ({ now, visits }: Past): number | undefined => {
    const today = Math.floor((now - world.from) / DAY_MS)
    // yesterday's vehicles may still be there
    for (let day = 0; day < today - 1; day++)
      if (!seen.has(day)) seen.set(day, { day: dayAt(day), neededW: neededPeakW(dayOf(world, day, visits)) })
    const left = Array.from({ length: days - today }, (_, i) => dayAt(today + i))
    return expectedPeakW([...before, ...seen.values()], left)
  }
}

/** The days of a half-month that was lived before: what peak each would have needed. */
export const seenBefore = (world: World): SeenDay[] =>
  Array.from({ length: Math.ceil((world.slots * SLOT_MS) / DAY_MS) }, (_, day) => ({
    day: new Date(world.from + day * DAY_MS).toISOString().slice(0, 10),
    neededW: neededPeakW(dayOf(world, day, world.visits)),
  }))

const dayOf = (world: World, day: number, visits: Visit[]): LivedDay => {
  const from = world.from + day * DAY_MS
  const mine = visits.filter(({ arrives, comes }) => comes !== false && arrives >= from && arrives < from + DAY_MS)
  const slots = Math.min(world.slots - day * 288, Math.max(288, ...mine.map(({ departs }) => Math.ceil((departs - from) / SLOT_MS))))
  return {
    from,
    slotMs: SLOT_MS,
    baseW: world.baseW.slice(day * 288, day * 288 + slots),
    charged: new Array<boolean>(slots).fill(true),
    siteW: world.node.limitW,
    visits: mine.map(({ arrives, departs, energyWh, maxW }) => ({ arrives, departs, energyWh: energyWh / world.efficiency, maxW })),
  }
}
