import type { z } from 'zod'
import { isProblem, problem } from '#lib/api/problem.ts'
import type { getHelp, HelpItem, WhatIfInput } from '#lib/api/what-if.ts'
import { limitText, powerText } from '#lib/format/energy.ts'
import { marginText } from '#lib/format/time.ts'
import { type Answered, effectsOf, type Fate, outcomeOf } from '#lib/planning/compare.ts'
import { pathsIn } from '#lib/planning/depot-facts.ts'
import type { Need, PlanningPort } from '#lib/planning/input.ts'
import { byVehicle, readyBy } from '#lib/planning/plan-index.ts'
import type { Remedy, Shortfall } from '#lib/planning/plan-result.ts'
import { stopsIn } from '#lib/planning/stopped.ts'
import { effectText } from '#lib/planning/what-if-words.ts'
import { localIso } from '#lib/time/zone.ts'
import { planWords } from '../live/plan-words.ts'
import { remedyWords } from '../live/remedy-words.ts'
import type { Runtime } from '../runtime.ts'
import { makeTurns, type Turns } from './one-at-a-time.ts'
import { type Ground, groundOf, type Trying, tried } from './what-if.ts'
import { changeOf, hardPeakW } from './what-if-change.ts'

type Help = z.input<(typeof getHelp)['output']>
/** Limits are raised on paper in whole steps of this. */
const STEP_W = 1000
/** A limit that is raised by too little is tried with so many times as much. */
const MORE_STEPS = [2, 4]
/** So many bays are tried at most: the strongest ones. */
const MOST_BAYS = 2
/** Of all ways the first ones: each costs a plan or a few. */
const MOST_WAYS = 6
/** So many people may wait in a depot until what another one asked is tried. */
const MOST_WAITING = 3

/** For each depot one question of help at a time: it makes up to a dozen plans, in a thread that previews wait for too. */
export const helpTurns = (): Turns =>
  makeTurns(MOST_WAITING, () =>
    problem('unavailable', 'Others are asking what would help here, and each way is tried before it is told. Ask again in a moment.'),
  )

/**
 * What would help a vehicle of the plan in force. Each way is given to the planner before it is told, so that what is said of it is what
 * would come of it: ready or not, what it costs, whom it makes late. Nothing is written. `goneAway`: nobody waits for the answer any more.
 * @throws Problem `not-found` for a depot; `unavailable` while too many ask
 */
export const whatWouldHelp = (
  ctx: Trying & Pick<Runtime, 'helping'>,
  depotId: string,
  vehicleId: string,
  goneAway?: AbortSignal,
): Promise<Help> => ctx.helping.run(depotId, () => helpFor(ctx, depotId, vehicleId, goneAway))

async function helpFor(ctx: Trying, depotId: string, vehicleId: string, goneAway: AbortSignal | undefined): Promise<Help> {
  const ground = await groundOf(ctx, depotId).catch((error) => {
    if (isProblem(error) && error.code === 'conflict') return undefined
    throw error
  })
  const need = ground?.stored.input.needs.find(({ id }) => id === vehicleId)
  if (!ground || !need) return { planId: ground?.stored.id ?? null, items: [] }
  const planned = byVehicle(ground.stored).get(vehicleId)
  const before: Fate = {
    departs: need.departs,
    readyAt: readyBy(planned, need.departs),
    missingWh: planned?.shortfall?.missingWh ?? 0,
  }
  const items: HelpItem[] = []
  for (const { word, change } of waysFor(ground, need, planned?.shortfall).slice(0, MOST_WAYS)) {
    if (goneAway?.aborted) break
    items.push(change ? await enough(ctx, ground, vehicleId, before, word, change) : byHand(ground, word))
  }
  return { planId: ground.stored.id, items: items.sort((a, b) => Number(b.helps) - Number(a.helps)) }
}

type Way = { word: { word: string; effect: string }; change: WhatIfInput | null }

/** The planner's own remedies, and those that any vehicle with a port has. */
function waysFor(ground: Ground, need: Need, shortfall: Shortfall | undefined): Way[] {
  const { stored, depot, names, now } = ground
  const words = planWords({ zone: depot.zone, currency: depot.currency, names }, now)
  const port = stored.input.ports.find(({ id }) => id === need.port)
  // what a person stopped only a person lets go on: nothing else is tried
  if (stopsIn(stored.input)(port)) return (shortfall?.remedies ?? []).map((remedy) => ({ word: remedyWords(remedy, words), change: null }))
  const ways = (shortfall?.remedies ?? []).flatMap((remedy): Way[] => {
    const word = remedyWords(remedy, words)
    if (remedy.kind === 'useStrongerPort') return strongerPorts(ground, need, remedy.minW)
    return [{ word, change: changeFor(ground, need, remedy) }]
  })
  if (shortfall?.cause.kind === 'nodeFull') ways.push(...baysElsewhere(ground, need, shortfall.cause.node))
  if (shortfall && hardPeakW(ground) !== undefined)
    ways.push({ word: { word: 'Let the month’s peak rise', effect: '' }, change: { kind: 'peak' } })
  const isFirst = need.chargeFirst || ways.some(({ change }) => change?.kind === 'first')
  // nothing to hurry: it has what it needs, or nobody stands in its way
  if (need.energyWh > 0 && port && !port.offline && !isFirst && stored.input.needs.length > 1)
    ways.push({ word: { word: 'Put it first', effect: '' }, change: { kind: 'first', vehicleId: need.id, until: null } })
  return ways
}

function changeFor({ stored: { input }, depot }: Ground, need: Need, remedy: Remedy): WhatIfInput | null {
  switch (remedy.kind) {
    case 'departLater':
      return { kind: 'departure', vehicleId: need.id, departs: localIso(remedy.at, depot.zone) }
    case 'chargeFirst':
      return { kind: 'first', vehicleId: need.id, until: null }
    case 'raiseLimit': {
      const limits = input.nodes.find(({ id }) => id === remedy.node)?.limitW
      if (!limits) return null
      const now = Math.max(...limits)
      // a charger's own rating is not a setting
      if (input.ports.some(({ node }) => node === remedy.node)) return null
      const kw = (now + Math.ceil(remedy.byW / STEP_W) * STEP_W) / 1000
      return { kind: 'limit', nodeId: remedy.node, kw, from: null, until: null }
    }
    default:
      return null
  }
}

/** Free bays first, then those of others, the strongest first. */
function strongerPorts(ground: Ground, need: Need, minW: number): Way[] {
  const ways = movesTo(ground, need, (port) => port.maxW >= minW)
  return ways.length > 0
    ? ways
    : [{ word: { word: `Use a port of ${limitText(minW)} or more`, effect: 'This depot has none that is reachable.' }, change: null }]
}

/** Bays that the full node does not feed. */
function baysElsewhere(ground: Ground, need: Need, full: string): Way[] {
  const above = pathsIn(ground.stored.input.nodes)
  return movesTo(ground, need, (port) => !above(port.node).includes(full))
}

function movesTo({ stored: { input }, names }: Ground, need: Need, isMeant: (port: PlanningPort) => boolean): Way[] {
  const holders = new Map(input.needs.flatMap((each) => (each.port === undefined ? [] : [[each.port, each] as const])))
  const name = (id: string) => names.get(id) ?? id
  // a free bay first; then of who needs least
  const inTheWay = ({ id }: PlanningPort): number => holders.get(id)?.energyWh ?? -1
  return input.ports
    .filter((port) => port.id !== need.port && !port.offline && isMeant(port))
    .sort((a, b) => inTheWay(a) - inTheWay(b) || b.maxW - a.maxW)
    .slice(0, MOST_BAYS)
    .map((port): Way => {
      const other = holders.get(port.id)
      const word = other ? `Change bays with ${name(other.id)}` : `Move it to ${name(port.id)}`
      return { word: { word, effect: '' }, change: { kind: 'bay', vehicleId: need.id, portId: port.id } }
    })
}

const byHand = (_: Ground, { word, effect }: Way['word']): HelpItem => ({ word, effect, costMicro: null, helps: true, change: null })

/** A way as it is; of a limit that is raised by too little, the first step that is enough, so that it may be told as one that helps. */
async function enough(
  ctx: Trying,
  ground: Ground,
  vehicleId: string,
  before: Fate,
  word: Way['word'],
  asked: WhatIfInput,
): Promise<HelpItem> {
  let best = await triedOut(ctx, ground, vehicleId, before, word, asked)
  if (asked.kind !== 'limit') return best.item
  const mostKw = mostOf(ground, asked.nodeId) / 1000
  for (const times of MORE_STEPS) {
    if (best.missingWh === 0) break
    const more = await triedOut(ctx, ground, vehicleId, before, word, { ...asked, kw: mostKw + (asked.kw - mostKw) * times })
    // it is not this limit that is in the way any more
    if (more.missingWh >= best.missingWh) break
    best = more
  }
  return best.item
}

async function triedOut(
  ctx: Trying,
  ground: Ground,
  vehicleId: string,
  before: Fate,
  { word }: Way['word'],
  asked: WhatIfInput,
): Promise<{ item: HelpItem; missingWh: number }> {
  const { change } = await changeOf(ctx, ground, asked)
  const { after } = await tried(ctx, ground, change)
  const effects = effectsOf(ground.stored, after)
  const fate = fateIn(after, vehicleId)
  const others = effects.filter((each) => each.vehicle !== vehicleId && (each.kind === 'late' || each.kind === 'lacksMore'))
  const later = effects.filter((each) => each.vehicle !== vehicleId && each.kind === 'readyLater')
  const ready = effects.filter((each) => each.vehicle !== vehicleId && each.kind === 'ready')
  const sentences = [
    fateText(before, fate, ground),
    asked.kind === 'peak' ? `The highest quarter hour would be ${powerText(outcomeOf(after).highestW)}.` : '',
    ready.length === 0 ? '' : ready.length === 1 ? effectText(ready[0]!, ground.words) : `${ready.length} others are ready too.`,
    ...others.slice(0, 2).map((each) => effectText(each, ground.words)),
    others.length > 2 ? `${others.length - 2} more leave short.` : '',
    others.length === 0 && later.length === 1 ? `${effectText(later[0]!, ground.words).replace(/\.$/, '')}, still in time.` : '',
    others.length === 0 && later.length > 1 ? `${later.length} others are ready later, still in time.` : '',
  ]
  const costMicro = outcomeOf(after).costMicro - outcomeOf(ground.stored).costMicro
  const item: HelpItem = {
    word: wordOf(ground, word, asked),
    effect: sentences.filter(Boolean).join(' '),
    costMicro,
    helps: fate.missingWh < before.missingWh && others.length === 0,
    change: asked,
  }
  return { item, missingWh: fate.missingWh }
}

/** What is tried is told with its own figures: limits in whole kW. */
const wordOf = (ground: Ground, word: string, asked: WhatIfInput): string =>
  asked.kind === 'limit'
    ? `${limitText(Math.round(asked.kw * 1000) - mostOf(ground, asked.nodeId))} more at ${ground.names.get(asked.nodeId) ?? asked.nodeId}`
    : word

/** The highest limit that a node has in the hours of the plan, W. */
const mostOf = ({ stored: { input } }: Ground, nodeId: string): number =>
  Math.max(...(input.nodes.find(({ id }) => id === nodeId)?.limitW ?? [0]))

const fateIn = ({ input, plan }: Answered, vehicleId: string): Fate => {
  const departs = input.needs.find(({ id }) => id === vehicleId)!.departs
  const planned = byVehicle({ input, plan }).get(vehicleId)
  return { departs, readyAt: readyBy(planned, departs), missingWh: planned?.shortfall?.missingWh ?? 0 }
}

function fateText(before: Fate, after: Fate, { words }: Ground): string {
  const ready = after.readyAt === null ? '' : ` ${words.time(after.readyAt)}`
  if (after.missingWh > 0)
    return after.missingWh < before.missingWh
      ? `Still short, by ${(after.missingWh / 1000).toFixed(1)} kWh instead of ${(before.missingWh / 1000).toFixed(1)}.`
      : 'No gain: it stays as short as it is.'
  if (before.missingWh > 0) return `Ready${ready}.`
  if (before.readyAt !== null && after.readyAt !== null && after.readyAt < before.readyAt) return `Ready${ready}.`
  const spare = before.readyAt === null ? '' : ` It has ${marginText(before.departs - before.readyAt)} already.`
  return `No gain.${spare}`
}
