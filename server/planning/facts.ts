import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { baseLoadCurve, METER_MEMORY_MS } from '#lib/planning/base-load.ts'
import { confirmedSince, sentLimit } from '#lib/planning/books.ts'
import { curveFromSteps, type DepotFacts, type FactNode, type FactPort, pathsIn, ZERO } from '#lib/planning/depot-facts.ts'
import { firmLimitW } from '#lib/planning/firm-limit.ts'
import { loweredIn } from '#lib/planning/limit-hours.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import { amperes, type Milliamps, type Phase, powerAt, type Watts, type Wiring } from '#lib/units/units.ts'
import type { Db } from '../store/database.ts'
import { chargersUpdating } from '../store/firmware.ts'
import { type LimitRow, readOpenLimits, readTries, readWanted, writtenLimit } from '../store/limit.ts'
import { limitHoursAhead } from '../store/limit-hours.ts'
import { type PortRow, readBaseLoad, readSite, type Site } from '../store/site.ts'
import { readPortCaps } from '../store/vehicle.ts'
import { wantedFallbacks } from './wanted-fallbacks.ts'

/** What only this process knows: which sockets are open, which calls are under way, which ports a command waits for. */
export type Reach = { speed: number; online(chargerId: string): boolean; inFlight(portId: string): boolean; asked(portId: string): boolean }

/** Where a node has no limit but in some hours. */
const NO_LIMIT_W = 1_000_000_000 as Watts

/** The node that a charger is. */
export const chargerNode = (chargerId: string): string => chargerId

/** Reads a depot for steering and planning. Undefined: there is no such depot. */
export async function readFacts(
  db: Db,
  depotId: string,
  now: Instant,
  reach: Reach,
): Promise<{ facts: DepotFacts; site: Site } | undefined> {
  const { speed } = reach
  const site = await readSite(db, depotId)
  if (!site) return undefined
  const baseLoad = await readBaseLoad(db, depotId, plus(now, -METER_MEMORY_MS), plus(now, hours(26)))
  // larger offsets are known and taken out of what is sent (server/ocpp/call16.ts)
  const skewMs = skewThreshold(speed)
  const limits = await readOpenLimits(db, depotId, now, skewMs)
  const { tries, writes } = await readTries(db, depotId, plus(now, -hours(24)))
  const wanted = await readWanted(db, depotId)
  const lowered = await limitHoursAhead(db, depotId, now)
  const updating = await chargersUpdating(db, depotId, now)
  const caps = await readPortCaps(
    db,
    site.ports.map(({ id }) => id),
    now,
  )

  const stoppedNodes = new Set<string>()
  const nodes: FactNode[] = site.nodes.map((node) => {
    const stopped = site.depot.stoppedAt !== undefined || node.lockedOutAt !== undefined
    if (stopped) stoppedNodes.add(node.id)
    const firmW = firmLimitW({
      ...(node.breakerMa === null ? {} : { breakerMa: node.breakerMa as Milliamps }),
      ...(node.limitW === null ? {} : { contractW: node.limitW as Watts }),
      volts: node.volts,
      wiring: node.wiring as Wiring,
      phases: node.phases as 1 | 2 | 3,
      continuousIncluded: node.limitIncludesContinuous,
    })
    const hoursOf = lowered.filter(({ nodeId }) => nodeId === node.id)
    return {
      id: node.id,
      ...(node.parentId === null ? {} : { parent: node.parentId }),
      name: node.name,
      limitW: firmW,
      ...(hoursOf.length === 0 ? {} : { limit: loweredIn(firmW ?? NO_LIMIT_W, hoursOf) }),
      baseLoad: baseLoadCurve(
        baseLoad.filter(({ nodeId }) => nodeId === node.id),
        now,
      ),
      volts: node.volts,
      wiring: node.wiring as Wiring,
      stopped,
    }
  })
  const chargers = new Map(site.chargers.map((charger) => [charger.id, charger]))
  for (const charger of site.chargers) {
    const first = site.ports.find(({ chargerId }) => chargerId === charger.id)
    nodes.push({
      id: chargerNode(charger.id),
      parent: charger.nodeId,
      name: charger.name,
      limitW: charger.maxW as Watts,
      baseLoad: ZERO,
      volts: first?.volts ?? 240,
      wiring: (first?.wiring ?? 'L-N') as Wiring,
      stopped: false,
    })
  }
  const pathTo = pathsIn(nodes)
  const ports = site.ports.map((port): FactPort => {
    const charger = chargers.get(port.chargerId)!
    const quirks = readQuirks(charger.quirks)
    const circuit = { volts: port.volts, wiring: port.wiring as Wiring, phases: port.phases as 1 | 2 | 3 }
    const cap = caps.get(port.id)
    const attempts = (kind: LimitRow['kind']) => {
      const found = tries.find((each) => each.portId === port.id && each.kind === kind)
      return { failures: found?.failures ?? 0, lastSentAt: found?.lastSentAt }
    }
    const mine = limits.filter(({ portId }) => portId === port.id)
    const want = wanted.get(port.id)
    const node = chargerNode(charger.id)
    return {
      id: port.id,
      chargerId: charger.id,
      number: port.number,
      node,
      points: {
        minW: Math.max(port.minW, quirks.minW ?? 0, quirks.minA === undefined ? 0 : powerAt(amperes(quirks.minA), circuit)) as Watts,
        maxW: Math.min(port.maxW, charger.maxW) as Watts,
        stepMa: port.stepMa as Milliamps,
        circuit,
      },
      mostW: Math.min(port.maxW, charger.maxW, cap?.limitW ?? Number.POSITIVE_INFINITY) as Watts,
      phases: phasesOf(port),
      maxPeriods: quirks.maxPeriods,
      online: reach.online(charger.id),
      known: charger.seenAt !== undefined || charger.bootedAt !== undefined || reach.online(charger.id),
      bootedAt: charger.bootedAt,
      fallbackW: port.fallbackW as Watts,
      fallbackConfirmedAt: confirmedSince(port.fallbackConfirmedAt, { bootedAt: charger.bootedAt, keepsProfiles: quirks.keepsProfiles }),
      ...(port.fallbackCountsAt === undefined ? {} : { fallbackCountsAt: port.fallbackCountsAt }),
      wantedFallbackW: port.fallbackW as Watts,
      refusesZero: quirks.refusesZero,
      ignoresLimits: !quirks.followsLimits,
      mayForget: updating.has(charger.id),
      fallbacks: mine.filter(({ kind }) => kind === 'fallback').map(asSent),
      inoperative: port.inoperativeAt !== undefined,
      heldReason: port.heldReason,
      extraW: (port.id === drawing(site, charger.id) ? charger.extraW : 0) as Watts,
      sessions: site.sessions.filter(({ portId }) => portId === port.id).map(({ id }) => id),
      limits: mine.filter(({ kind }) => kind === 'session').map((row) => ({ ...asSent(row), sessionId: row.sessionId! })),
      wanted: want && { curve: curveFromSteps(want.steps), planId: want.planId },
      fallbackTries: attempts('fallback'),
      limitTries: attempts('session'),
      writesToday: writes.get(charger.id) ?? 0,
      inFlight: reach.inFlight(port.id),
      asked: reach.asked(port.id),
      stopped: pathTo(node).some((id) => stoppedNodes.has(id)),
    }
  })
  const facts = { now, skewMs, nodes, ports }
  return { facts: { ...facts, ports: wantedFallbacks(facts, site.depot.fallbackPermille) }, site }
}

const asSent = (row: LimitRow) => sentLimit(writtenLimit(row))

const PHASES: Phase[] = ['l1', 'l2', 'l3']
// between two lines one load uses two conductors
const phasesOf = ({ phases, wiring }: PortRow): Phase[] => PHASES.slice(0, wiring === 'L-L' && phases < 3 ? 2 : phases)

/** The port of a charger that its excess is counted at: the one in use, else the first. */
const drawing = ({ ports, sessions }: Site, chargerId: string): string | undefined => {
  const mine = ports.filter((port) => port.chargerId === chargerId)
  return (mine.find(({ id }) => sessions.some(({ portId }) => portId === id)) ?? mine[0])?.id
}
