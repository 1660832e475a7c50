import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { baseLoadCurve, METER_MEMORY_MS, unevenLoad } from '#lib/planning/base-load.ts'
import { confirmedSince, sentLimit } from '#lib/planning/books.ts'
import { mapCurve } from '#lib/planning/curve.ts'
import { curveFromSteps, type DepotFacts, type FactNode, type FactPort, pathsIn, ZERO } from '#lib/planning/depot-facts.ts'
import { HORIZON_MS, NO_LIMIT_W } from '#lib/planning/depot-input.ts'
import { firmLimitW, phaseLimitMa, ratingOf } from '#lib/planning/firm-limit.ts'
import { loweredIn } from '#lib/planning/limit-hours.ts'
import { conductorsOf, partsOn } from '#lib/planning/phase-parts.ts'
import { hours, type Instant, plus } from '#lib/time/instant.ts'
import { amperes, type Circuit, currentFor, type Milliamps, type Phase, powerAt, type Watts, type Wiring } from '#lib/units/units.ts'
import type { Db } from '../store/database.ts'
import { chargersUpdating } from '../store/firmware.ts'
import { type LimitRow, readOpenLimits, readTries, readWanted, writtenLimit } from '../store/limit.ts'
import { limitHoursAhead } from '../store/limit-hours.ts'
import { type PortRow, readBaseLoad, readSite, type Site } from '../store/site.ts'
import { readPortCaps } from '../store/vehicle.ts'
import { wantedFallbacks } from './wanted-fallbacks.ts'

/** What only this process knows: which sockets are open, which calls are under way, which ports a command waits for. */
export type Reach = { speed: number; online(chargerId: string): boolean; inFlight(portId: string): boolean; asked(portId: string): boolean }

/** The node that a charger is. */
const chargerNode = (chargerId: string): string => chargerId

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
  const baseLoad = await readBaseLoad(db, depotId, plus(now, -METER_MEMORY_MS), plus(now, HORIZON_MS + hours(2)))
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
  const pathAbove = pathsIn(site.nodes.map(({ id, parentId }) => ({ id, ...(parentId === null ? {} : { parent: parentId }) })))
  const nodeOf = new Map(site.chargers.map(({ id, nodeId }) => [id, nodeId]))
  const portsUnder = (id: string) => site.ports.filter(({ chargerId }) => pathAbove(nodeOf.get(chargerId)!).includes(id))
  const nodes: FactNode[] = site.nodes.map((node) => {
    const stoppedBy = site.depot.stoppedAt !== undefined ? 'stopAll' : node.lockedOutAt !== undefined ? 'lockedOut' : undefined
    const stopped = stoppedBy !== undefined
    if (stopped) stoppedNodes.add(node.id)
    const rating = ratingOf(node)
    const firmW = firmLimitW(rating)
    // a breaker is kept on each phase as soon as it is known which phases its ports are on
    const linesKnown = portsUnder(node.id).every((port) => port.phases === 3 || port.lines !== null)
    const limitMa = linesKnown ? phaseLimitMa(rating) : rating.phaseLimitMa
    const rows = baseLoad.filter(({ nodeId }) => nodeId === node.id)
    const unevenMa = unevenLoad(rows, now)
    const hoursOf = lowered.filter(({ nodeId }) => nodeId === node.id)
    return {
      id: node.id,
      ...(node.parentId === null ? {} : { parent: node.parentId }),
      name: node.name,
      limitW: firmW,
      ...(hoursOf.length === 0 ? {} : { limit: loweredIn(firmW ?? NO_LIMIT_W, hoursOf) }),
      ...(limitMa === undefined ? {} : { limitMa }),
      baseLoad: baseLoadCurve(rows, now),
      ...(unevenMa === undefined ? {} : { unevenMa }),
      volts: node.volts,
      wiring: node.wiring as Wiring,
      phases: rating.phases,
      stopped,
      ...(stoppedBy && { stoppedBy }),
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
    const sessions = site.sessions.filter(({ portId }) => portId === port.id)
    const [used] = sessions
    const usedPhases =
      used?.vehiclePhases != null && used.vehiclePhases < port.phases && !port.directCurrent
        ? { usedPhases: used.vehiclePhases as 1 | 2 | 3 }
        : {}
    const lines = linesOf(port)
    const linesKnown = port.phases === 3 || port.lines !== null
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
      phases: lines,
      ...(linesKnown ? {} : { linesKnown }),
      ...usedPhases,
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
      sessions: sessions.map(({ id }) => id),
      limits: mine
        .filter(({ kind }) => kind === 'session')
        .map((row) => sessionLimit(row, { circuit, lines: linesKnown ? lines : undefined, sessions })),
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

/**
 * A limit of a session. One on fewer phases than the port has is counted on those while its own session goes on; after that the next vehicle may
 * follow it on all of them.
 */
function sessionLimit(
  row: LimitRow,
  { circuit, lines, sessions }: { circuit: Circuit; lines: Phase[] | undefined; sessions: Site['sessions'] },
): FactPort['limits'][number] {
  const limit = { ...asSent(row), sessionId: row.sessionId! }
  if (row.phases === null || row.phases >= circuit.phases) return limit
  const used: Circuit = { ...circuit, phases: row.phases as 1 | 2 }
  if (sessions.some(({ id }) => id === row.sessionId)) return { ...limit, parts: partsOn(lines, used) }
  const onAll = (w: Watts) => powerAt((currentFor(w, used) + 1) as Milliamps, circuit)
  return { ...limit, curve: mapCurve(limit.curve, (w) => (w === 0 ? w : onAll(w))) }
}

const PHASE_ORDER: Phase[] = ['l1', 'l2', 'l3']
/** The site's conductors in the order of the port's own; as they come where nobody told. */
const linesOf = ({ lines, phases, wiring }: PortRow): Phase[] =>
  (lines === null
    ? PHASE_ORDER
    : PHASE_ORDER.toSorted((a, b) => lines.indexOf(a) - lines.indexOf(b)).filter((each) => lines.includes(each))
  ).slice(0, conductorsOf({ wiring: wiring as Wiring, phases: phases as 1 | 2 | 3 }))

/** The port of a charger that its excess is counted at: the one in use, else the first. */
const drawing = ({ ports, sessions }: Site, chargerId: string): string | undefined => {
  const mine = ports.filter((port) => port.chargerId === chargerId)
  return (mine.find(({ id }) => sessions.some(({ portId }) => portId === id)) ?? mine[0])?.id
}
