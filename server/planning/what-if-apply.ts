import { assertNever } from '#lib/api/problem.ts'
import type { Apply, WhatIfInput } from '#lib/api/what-if.ts'
import { momentOf } from '#lib/fleet/duty.ts'
import { isGuest } from '#lib/fleet/need.ts'
import { limitText } from '#lib/format/energy.ts'
import { nearText } from '#lib/format/time.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import type { Policy } from '#lib/planning/input.ts'
import type { Change } from '#lib/planning/what-if.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import type { Ctx } from '../runtime.ts'
import { readDuties } from '../store/duty.ts'
import type { Ground } from './what-if.ts'
import { hardPeakW, theNode } from './what-if-change.ts'

type Applied = { apply: Apply | null; applyWords: string }
const only = (applyWords: string): Applied => ({ apply: null, applyWords })
const AHEAD = days(4)

/** Whether a preview can be made true, by which door, and how it is taken back; or why not. */
export async function applyOf(ctx: Pick<Ctx, 'db'>, ground: Ground, input: WhatIfInput, change: Change): Promise<Applied> {
  if ((input.kind === 'first' || input.kind === 'departure') && isGuest(input.vehicleId))
    return only('A preview only: it is not of your fleet.')
  switch (input.kind) {
    case 'price':
      return only('A preview only: prices are changed on the page Tariff.')
    case 'vehicles':
      return only('A preview only: vehicles are added on the page Fleet, chargers on the page Chargers.')
    case 'bay':
      return only('A preview only: vehicles are moved by hand. The plan follows as soon as they are plugged in there.')
    case 'first':
      return first(ground, input)
    case 'policy':
      return policy(ground, input.policy)
    case 'departure':
      return departure(ctx, ground, input.vehicleId, (change as Extract<Change, { kind: 'departure' }>).departs)
    case 'limit':
      return limit(ctx, ground, input, change as Extract<Change, { kind: 'limit' }>)
    case 'peak':
      return peak(ground)
    default:
      return assertNever(input)
  }
}

/** Until it leaves, at most a day. */
export const firstUntil = (now: Instant, departs: Instant | undefined): Instant =>
  departs !== undefined && departs > now && departs < plus(now, days(1)) ? departs : plus(now, days(1))

function first({ stored, depot, words, now }: Ground, { vehicleId, until: asked }: Extract<WhatIfInput, { kind: 'first' }>): Applied {
  const until = (asked && momentOf(asked, depot.zone)) || firstUntil(now, stored.input.needs.find(({ id }) => id === vehicleId)?.departs)
  return {
    apply: { kind: 'first', vehicleId, until },
    applyWords: `It goes before all others, at any price, until ${words.time(until)}.`,
  }
}

/** The peak that was set by hand stays as what is expected. */
function peak(ground: Ground): Applied {
  const byHandW = hardPeakW(ground)
  if (byHandW === undefined) return only('A preview only: the month’s peak is no limit here.')
  const known = { mode: 'byHand' as const, byHandW }
  return {
    apply: { kind: 'peak', before: { ...known, isHard: true }, after: { ...known, isHard: false } },
    applyWords: `${limitText(byHandW)} is what is expected of this month from now on, no limit: a new peak is made where a vehicle would be late without it.`,
  }
}

function policy({ depot }: Ground, after: Policy): Applied {
  return {
    apply: { kind: 'policy', before: depot.policy as Policy, after },
    applyWords: 'Holds for the whole depot until it is changed again.',
  }
}

/** The duty whose departure the plan looked at is moved; a return that would lie before it moves along. */
async function departure(
  ctx: Pick<Ctx, 'db'>,
  { depot, stored, now, names }: Ground,
  vehicleId: string,
  departs: Instant,
): Promise<Applied> {
  const need = stored.input.needs.find(({ id }) => id === vehicleId)
  const duties = await readDuties(ctx.db.prisma, depot.id, now, plus(now, AHEAD))
  const duty = duties.find((each) => each.vehicleId === vehicleId && each.departsAt === need?.departs)
  const name = names.get(vehicleId) ?? vehicleId
  if (!duty) return only(`A preview only: ${name} has no duty that could be moved. Give it one on the page Fleet.`)
  if (duty.departsAt <= now) return only(`A preview only: ${name} has left.`)
  const isPast = duty.returnsAt <= departs
  const returns = isPast ? plus(departs, duty.returnsAt - duty.departsAt) : duty.returnsAt
  const text = (at: Instant) => localIso(at, depot.zone)
  const km = duty.distanceM / 1000
  return {
    apply: {
      kind: 'duty',
      dutyId: duty.id,
      before: { departs: text(duty.departsAt), returns: text(duty.returnsAt), km },
      after: { departs: text(departs), returns: text(returns), km },
    },
    applyWords: isPast
      ? `The duty of ${name} is moved: it is back at ${nearText(returns, now, depot.zone)}.`
      : `The duty of ${name} is changed; its return stays at ${nearText(returns, now, depot.zone)}.`,
  }
}

/** A limit with an end lowers the node for those hours; one without becomes its contract limit, as far as its breaker carries it. */
async function limit(
  ctx: Pick<Ctx, 'db'>,
  ground: Ground,
  { nodeId, kw, from: begins, until: ends }: Extract<WhatIfInput, { kind: 'limit' }>,
  { limitW, from, until }: Extract<Change, { kind: 'limit' }>,
): Promise<Applied> {
  if (ends !== null && until !== undefined) {
    const { name } = await theNode(ctx, ground, nodeId)
    if (limitW < 1000) return only(`A preview only: to take all power from ${name}, lock it out on the page Site.`)
    if (limitW > Math.max(0, ...(ground.stored.input.nodes.find(({ id }) => id === nodeId)?.limitW ?? [])))
      return only(`A preview only: for some hours a limit can be lowered, not raised. Change that of ${name} on the page Site.`)
    const hours =
      from === undefined ? `Until ${ground.words.time(until)}` : `From ${ground.words.time(from)} until ${ground.words.time(until)}`
    return {
      apply: { kind: 'hours', nodeId, id: null, limit: { kw, from: begins, until: ends, reason: null } },
      applyWords: `${hours} ${name} carries at most ${limitText(limitW)}, then what it does now. Chargers are told the steps beforehand.`,
    }
  }
  if (from !== undefined) return only('A preview only: say until when, or leave the beginning empty too to set it for good from now on.')
  const node = await theNode(ctx, ground, nodeId)
  const { name, breakerMa, limitW: contractW, limitIncludesContinuous } = node
  const breakerW = firmLimitW(ratingOf({ ...node, limitW: null }))
  if (breakerW !== undefined && breakerW < limitW)
    return only(`A preview only: ${name} carries ${limitText(breakerW)} for hours, by its breaker and the amperes of its contract.`)
  if (limitW < 1000) return only(`A preview only: to take all power from ${name}, lock it out on the page Site.`)
  const same = { name, breakerA: breakerMa === null ? null : breakerMa / 1000, continuousIncluded: limitIncludesContinuous }
  return {
    apply: {
      kind: 'limit',
      nodeId,
      before: { ...same, contractKw: contractW === null ? null : contractW / 1000 },
      after: { ...same, contractKw: limitW / 1000 },
    },
    applyWords: `The limit of ${name} is ${limitText(limitW)} from now on, until it is changed again.`,
  }
}
