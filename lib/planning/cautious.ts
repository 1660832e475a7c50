import { isLivedUnder, type LivedDay, neededPeakW } from '#lib/energy/learned-peak.ts'
import type { Watts } from '#lib/units/units.ts'
import { siteBaseW } from './board.ts'
import { type DemandCharge, type PlanningInput, slotAt } from './input.ts'

/** Whole amperes need a little more than the least peak. */
const WHOLE_STEPS = 1.005

/**
 * No new peak of the month for vehicles that may not come. A schedule says who comes and with how little; some do not come, some need less. A plan that
 * believes it pays for tonight's peak this morning, and may have paid for nothing. So until the last one that is expected has come, power above
 * what is paid for anyway (the month's so far, what is expected of it, what those who are there need) counts a second time. It is no limit:
 * whoever would be late without it is given it. Charges of its own that the input has already are replaced.
 */
export function cautious(input: PlanningInput): PlanningInput {
  const { now, needs, prices } = input
  const paid = prices.demand.filter(({ caution }) => !caution)
  const known = { ...input, prices: { ...prices, demand: paid } }
  const coming = needs.filter(({ port, arrives, energyWh }) => port !== undefined && arrives > now && energyWh > 0)
  const charged = paid.filter(({ microPerKw, targetIsHard }) => microPerKw > 0 && !targetIsHard)
  if (coming.length === 0 || charged.length === 0) return known
  const last = Math.max(...coming.map(({ arrives }) => arrives))
  const baseW = Array.from(siteBaseW(known))
  const cautions = charged.flatMap((charge): DemandCharge[] => {
    const slots = charge.slots.map((counts, t) => counts && slotAt(input, t) < last)
    return slots.includes(true)
      ? [{ microPerKw: charge.microPerKw, slots, peakSoFarW: paidAnyway(known, charge, baseW), caution: true }]
      : []
  })
  return { ...known, prices: { ...prices, demand: [...paid, ...cautions] } }
}

/** The peak that is paid for whoever else comes, W. */
function paidAnyway({ now, needs, nodes, ...input }: PlanningInput, { slots, peakSoFarW, targetW }: DemandCharge, baseW: number[]): Watts {
  const day: LivedDay = {
    from: slotAt({ now, ...input }, 0),
    slotMs: slotAt({ now, ...input }, 1) - slotAt({ now, ...input }, 0),
    baseW,
    charged: slots,
    siteW: nodes.reduce((sum, { parent, limitW }) => (parent === undefined ? sum + Math.max(...limitW) : sum), 0),
    visits: needs.flatMap(({ port, arrives, departs, energyWh, efficiency, maxW }) =>
      port === undefined || arrives > now || departs <= now ? [] : [{ arrives: now, departs, energyWh: energyWh / efficiency, maxW }],
    ),
  }
  const paidW = Math.max(peakSoFarW, targetW ?? 0)
  return Math.ceil(isLivedUnder(day, paidW) ? paidW : Math.max(paidW, neededPeakW(day) * WHOLE_STEPS)) as Watts
}
