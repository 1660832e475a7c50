import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { askedProfile, type ProfilePayload } from '#lib/ocpp/asked-profile.ts'
import type { CallRisk } from '#lib/ocpp/call-guard.ts'
import { skewThreshold } from '#lib/ocpp/device-time.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { constantCurve } from '#lib/planning/curve.ts'
import { type DepotFacts, envelopeAbove, envelopeOf, type FactPort, stepsOf } from '#lib/planning/depot-facts.ts'
import { checkChange, checkEnvelope, type EnvelopeCheck, type SendCheck } from '#lib/planning/envelope.ts'
import { HELD_FOR_SAFETY } from '#lib/planning/held.ts'
import { withSent } from '#lib/planning/port-holding.ts'
import { WRITES_A_DAY } from '#lib/planning/writes.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { readFacts } from '../planning/facts.ts'
import { doubtFallbacks, doubtLimits } from '../store/fallback.ts'
import { writeAheadLimit } from '../store/limit.ts'
import { lockDepot, type Site, setPort } from '../store/site.ts'
import { lockedNode } from './start-session.ts'

/** `limit`: was written down as sent; what became of it must be written too. */
export type Clearance =
  | { kind: 'refused'; reason: string }
  | { kind: 'clear'; limit?: { id: number; portId: string; fallbackW?: Watts; sentAt: Instant } }

export type RiskyCall = {
  depotId: string
  chargerId: string
  action: SendableAction
  payload: Record<string, unknown>
  commandId: string
}
type Risk = Extract<CallRisk, { kind: 'profile' | 'forgets' | 'releases' }>
type Tx = Parameters<typeof lockDepot>[0]
type Read = { facts: DepotFacts; site: Site }

/**
 * Asks the envelope for a call that may raise power, under the depot's lock, and writes down what the charger may follow from now on:
 * committed before the frame leaves, so that a crash in between forgets nothing.
 */
export const clearCall = (gateway: Gateway, call: RiskyCall, risk: Risk): Promise<Clearance> =>
  gateway.db.prisma.$transaction(
    async (tx) => {
      await lockDepot(tx, call.depotId)
      const read = await readFacts(tx, call.depotId, gateway.clock.now(), gateway.reconciler.reach)
      if (!read) return { kind: 'refused', reason: 'The depot is gone.' }
      if (risk.kind === 'forgets') return forget(tx, call, read, risk)
      if (risk.kind === 'releases') return release(tx, call, read, risk.port)
      return limit(tx, gateway, call, read)
    },
    { maxWait: 15_000, timeout: 15_000 },
  )

/** Without its limits a charger may give its nameplate: only where the tree has room for that. */
async function forget(tx: Tx, { chargerId }: RiskyCall, { facts }: Read, risk: Extract<Risk, { kind: 'forgets' }>): Promise<Clearance> {
  const meant = (port: FactPort) => port.chargerId === chargerId && (risk.port === undefined || port.number === risk.port)
  const ports = facts.ports.map((port) =>
    meant(port) ? { ...port, fallbackConfirmedAt: undefined, inoperative: risk.keepsOut && port.inoperative } : port,
  )
  const check = checkEnvelope(envelopeOf({ ...facts, ports }))
  if (check.kind === 'over') {
    const way = risk.keepsOut ? ' Take its ports out of use first.' : ''
    return { kind: 'refused', reason: `${risk.what}, so the charger may give its full power: ${overWords(facts, check)}.${way}` }
  }
  if (risk.keepsOut)
    await doubtLimits(
      tx,
      facts.ports.filter(meant).map(({ id }) => id),
    )
  else await doubtFallbacks(tx, chargerId)
  return { kind: 'clear' }
}

/** A port in use again may give what it holds; from before the frame leaves on, that counts. */
async function release(tx: Tx, { chargerId }: RiskyCall, { facts, site }: Read, number: number): Promise<Clearance> {
  const port = facts.ports.find((each) => each.chargerId === chargerId && each.number === number)
  const row = site.ports.find(({ id }) => id === port?.id)
  if (!port || !row) return { kind: 'refused', reason: `The charger has no port ${number}.` }
  if (port.heldReason === HELD_FOR_SAFETY) return { kind: 'refused', reason: HELD_FOR_SAFETY }
  const stopped = stoppedWords(site, chargerId)
  if (stopped !== undefined) return { kind: 'refused', reason: stopped }
  const ports = facts.ports.map((each) => (each.id === port.id ? { ...each, inoperative: false, extraW: 0 as Watts } : each))
  const check = checkEnvelope(envelopeAbove(envelopeOf({ ...facts, ports }), port.id))
  if (check.kind === 'over' && port.inoperative)
    return { kind: 'refused', reason: `The site has no room for what this port may give: ${overWords(facts, check)}.` }
  await setPort(tx, port.id, { inoperativeAt: null })
  return { kind: 'clear' }
}

/** A profile of somebody's own takes the place of ours: its upper curve counts from before it leaves. */
async function limit(tx: Tx, gateway: Gateway, call: RiskyCall, { facts, site }: Read): Promise<Clearance> {
  const payload = call.payload as ProfilePayload
  const port = facts.ports.find((each) => each.chargerId === call.chargerId && each.number === payload.connectorId)
  const charger = site.chargers.find(({ id }) => id === call.chargerId)!
  const clockTrusted = Math.abs(charger.clockOffsetMs) <= skewThreshold(gateway.clock.speed)
  const asked = askedProfile(payload, port && { ...port, quirks: readQuirks(charger.quirks), clockTrusted }, facts.now)
  if (asked.kind === 'refused' || !port) return asked.kind === 'refused' ? asked : { kind: 'refused', reason: 'There is no such port.' }
  const curve = asked.kind === 'session' ? asked.curve : constantCurve(asked.limitW)
  const steps = stepsOf(curve, facts.now)
  if (port.stopped && steps.some(({ limitW }) => limitW > 0))
    return { kind: 'refused', reason: stoppedWords(site, call.chargerId) ?? 'Charging is stopped here.' }
  if (port.writesToday >= WRITES_A_DAY)
    return { kind: 'refused', reason: `The charger had its ${WRITES_A_DAY} limits of the day: more would wear its memory.` }
  const envelope = envelopeAbove(envelopeOf(facts), port.id)
  const holding = envelope.holdings.find(({ portId }) => portId === port.id)
  if (!holding) return { kind: 'refused', reason: 'The charger has not been seen yet.' }
  const after =
    asked.kind === 'session'
      ? withSent(holding, Number.MAX_SAFE_INTEGER, curve, facts.now)
      : { ...holding, fallbackW: Math.max(holding.fallbackW, asked.limitW) as Watts }
  const check = checkChange(envelope, after)
  if (check.kind === 'refused') return { kind: 'refused', reason: `The site has no room for this limit: ${overWords(facts, check)}.` }
  const id = await writeAheadLimit(tx, {
    portId: port.id,
    kind: asked.kind,
    sessionId: asked.kind === 'session' ? asked.sessionId : null,
    steps,
    sentAt: facts.now,
    planId: null,
    commandId: call.commandId,
    safety: false,
  })
  const fallbackW = asked.kind === 'fallback' ? { fallbackW: asked.limitW } : {}
  return { kind: 'clear', limit: { id, portId: port.id, sentAt: facts.now, ...fallbackW } }
}

const overWords = ({ nodes }: DepotFacts, { node, phase, overW }: Extract<EnvelopeCheck | SendCheck, { overW: Watts }>): string =>
  `${nodes.find(({ id }) => id === node)?.name ?? node} would be ${overW < 100 ? `${Math.ceil(overW)} W` : `${(overW / 1000).toFixed(1)} kW`} over${phase ? ` on ${phase.toUpperCase()}` : ''}`

/** Why nothing may charge at this charger now; undefined: it may. */
export const stoppedWords = (site: Site, chargerId: string): string | undefined => {
  if (site.depot.stoppedAt !== undefined) return 'Charging is stopped for the whole depot.'
  const locked = lockedNode(site, { chargerId })
  return locked === undefined ? undefined : `${locked} is locked out.`
}
