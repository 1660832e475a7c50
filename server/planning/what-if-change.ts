import { assertNever, notFound, problem } from '#lib/api/problem.ts'
import type { WhatIfInput } from '#lib/api/what-if.ts'
import { momentOf } from '#lib/fleet/duty.ts'
import { limitText } from '#lib/format/energy.ts'
import { priceText } from '#lib/format/money.ts'
import { counted } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import type { Change } from '#lib/planning/what-if.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import { kilowattHours, kilowatts } from '#lib/units/units.ts'
import type { Ctx } from '../runtime.ts'
import { siteNode } from '../store/site-tree.ts'
import { NO_CARBON } from './set-policy.ts'
import { type Ground, slotsOfWindow, theNeed } from './what-if.ts'

export const POLICY_WORDS = { readyFirst: 'Ready first', cheapest: 'Cheapest', greenest: 'Greenest' } as const

/** The planner's words for what was entered, and the sentence for it. @throws Problem `not-found`, `invalid` */
export async function changeOf(ctx: Pick<Ctx, 'db'>, ground: Ground, input: WhatIfInput): Promise<{ change: Change; what: string }> {
  const { depot, stored, names, now } = ground
  const { zone } = depot
  const near = (at: Instant) => nearText(at, now, zone)
  const name = (id: string) => names.get(id) ?? id
  switch (input.kind) {
    case 'departure': {
      theNeed(ground, input.vehicleId)
      const departs = momentIn(input.departs, 'departs', zone)
      if (departs <= now) throw problem('invalid', 'That departure is over already.', { departs: 'In the past.' })
      withinReach(departs, now)
      return {
        change: { kind: 'departure', vehicle: input.vehicleId, departs },
        what: `${name(input.vehicleId)} leaves at ${near(departs)}`,
      }
    }
    case 'limit': {
      await theNode(ctx, ground, input.nodeId)
      const from = input.from === null ? undefined : momentIn(input.from, 'from', zone)
      const until = input.until === null ? undefined : momentIn(input.until, 'until', zone)
      if (until !== undefined && until <= (from ?? now))
        throw problem('invalid', 'It ends before it begins.', { until: 'After the beginning.' })
      const limitW = kilowatts(Math.round(input.kw * 1000) / 1000)
      const hours = [from === undefined ? '' : ` from ${near(from)}`, until === undefined ? '' : ` until ${near(until)}`].join('')
      return {
        change: { kind: 'limit', node: input.nodeId, limitW, from, until },
        what: `${name(input.nodeId)} at ${limitText(limitW)}${hours}`,
      }
    }
    case 'price': {
      const slots = slotsOfWindow(ground, input.window)
      if (!slots.includes(true))
        throw problem('invalid', `The tariff has no window "${input.window}" in the hours of this plan.`, { window: 'Not in this plan.' })
      const microPerKwh = Math.round(input.perKwh * 1_000_000)
      return { change: { kind: 'price', slots, microPerKwh }, what: `${input.window} at ${priceText(microPerKwh, depot.currency)}` }
    }
    case 'vehicles': {
      await theNode(ctx, ground, input.nodeId)
      if (stored.input.ports.length === 0) throw problem('invalid', 'There is no charger yet that new ones could be like. Add one first.')
      const departs = momentIn(input.departs, 'departs', zone)
      const arrives = input.arrives === null ? now : momentIn(input.arrives, 'arrives', zone)
      if (departs <= arrives || departs <= now)
        throw problem('invalid', 'They leave before they are there.', { departs: 'After the arrival.' })
      withinReach(departs, now)
      const { count, nodeId } = input
      const more = { energyWh: kilowattHours(input.kwh), maxW: kilowatts(input.kw), arrives, departs }
      return {
        change: { kind: 'vehicles', count, node: nodeId, ...more },
        what: `${counted(count, 'more vehicle')} at ${name(nodeId)}, leaving at ${near(departs)}`,
      }
    }
    case 'first': {
      theNeed(ground, input.vehicleId)
      const until = input.until === null ? undefined : momentIn(input.until, 'until', zone)
      if (until !== undefined && (until <= now || until > plus(now, days(2))))
        throw problem('invalid', 'First for how long? Name a moment within the next two days.', { until: 'Within two days.' })
      return {
        change: { kind: 'first', vehicle: input.vehicleId },
        what: `${name(input.vehicleId)} is charged first${until === undefined ? '' : ` until ${near(until)}`}`,
      }
    }
    case 'bay': {
      theNeed(ground, input.vehicleId)
      if (!stored.input.ports.some(({ id }) => id === input.portId)) throw notFound('port', input.portId)
      return {
        change: { kind: 'bay', vehicle: input.vehicleId, port: input.portId },
        what: `${name(input.vehicleId)} at ${name(input.portId)}`,
      }
    }
    case 'policy':
      if (input.policy === 'greenest' && !stored.input.prices.carbonGPerKwh)
        throw problem('invalid', NO_CARBON, { policy: 'No carbon figures.' })
      return { change: { kind: 'policy', policy: input.policy }, what: `The plan prefers “${POLICY_WORDS[input.policy]}”` }
    case 'peak':
      if (hardPeakW(ground) === undefined) throw problem('invalid', 'The month’s peak is no limit here: the plan passes it where it must.')
      return { change: { kind: 'peak' }, what: 'The month’s peak may rise' }
    default:
      return assertNever(input)
  }
}

/** The month's peak where somebody made it a limit, W. */
export const hardPeakW = ({ stored: { input } }: Pick<Ground, 'stored'>): number | undefined =>
  input.prices.demand.find(({ targetIsHard }) => targetIsHard)?.targetW

export const theNode = async (ctx: Pick<Ctx, 'db'>, { depot }: Pick<Ground, 'depot'>, nodeId: string) => {
  const node = await siteNode(ctx.db.prisma, depot.id, nodeId)
  if (!node) throw notFound('node', nodeId)
  return node
}

/** Plans look three days ahead; what is named without its year must not be of another one. */
const REACH = days(7)
const withinReach = (departs: Instant, now: Instant): void => {
  if (departs > plus(now, REACH))
    throw problem('invalid', 'That is too far ahead: a plan looks at the next days only. Name a departure within a week.', {
      departs: 'Within a week.',
    })
}

const momentIn = (text: string, field: string, zone: string): Instant => {
  const at = momentOf(text, zone)
  if (at === undefined)
    throw problem('invalid', `"${text}" is not a moment. Write 2026-11-24 06:30 in depot time.`, { [field]: 'Such as 2026-11-24 06:30.' })
  return at
}
