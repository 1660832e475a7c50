import type { MinimumTry } from '#lib/ocpp/probe-verdicts16.ts'
import { fallbackProfile, profileIds } from '#lib/ocpp/profile16.ts'
import { answered } from '#lib/planning/books.ts'
import { envelopeAbove, envelopeOf, holdingOf, pathOf } from '#lib/planning/depot-facts.ts'
import { checkChange } from '#lib/planning/envelope.ts'
import { SETTLE_MS } from '#lib/planning/port-holding.ts'
import { type Instant, iso, plus, seconds } from '#lib/time/instant.ts'
import { amperes, powerAt, type Watts } from '#lib/units/units.ts'
import { readFacts } from '../planning/facts.ts'
import type { ChargerAnswer } from '../runtime.ts'
import { confirmFallback } from '../store/fallback.ts'
import { writeAheadLimit, writeOutcome } from '../store/limit.ts'
import { lockDepot } from '../store/site.ts'
import { type Asked, type Desk, goOn, heard } from './desk.ts'

// Limits that a check tries: always the default of one port (TxDefaultProfile), in the slot of its fallback, through the envelope and
// written down before it leaves, as a pass of reconciliation does it. So what the books say is what the charger may be following.

export type Form = Pick<MinimumTry, 'unit' | 'stackLevel'>

/** Amperes per period; the periods are half an hour, the last one open. One period: as a fallback is, relative to any start. */
export function profileOf(desk: Desk, amps: readonly number[], { unit, stackLevel }: Form, chargingProfileId?: number) {
  const { port, gateway, charger } = desk
  const quirks = { ...desk.quirks, units: [unit], stackLevel }
  const base = fallbackProfile({ port: port.number, points: port.points, quirks }, 0 as Watts)
  const { numberPhases } = base.chargingSchedule.chargingSchedulePeriod[0]!
  const periods = amps.map((each, index) => ({
    startPeriod: index * (PERIOD_MS / 1000),
    limit: unit === 'A' ? each : wattsOf(desk, each),
    numberPhases,
  }))
  const startedAt = plus(gateway.clock.now(), charger.clockOffsetMs - seconds(60)) as Instant
  return {
    ...base,
    chargingProfileId: chargingProfileId ?? profileIds(port.number).fallback,
    ...(amps.length > 1 && { chargingProfileKind: 'Absolute' as const }),
    chargingSchedule: {
      chargingRateUnit: unit,
      ...(amps.length > 1 && { startSchedule: iso(startedAt) }),
      chargingSchedulePeriod: periods,
    },
  }
}
export const PERIOD_MS = 1_800_000

export const wattsOf = ({ port }: Desk, amps: number): Watts => powerAt(amperes(amps), port.points.circuit)

/** The site has no room for it: it did not leave. */
export type NoRoom = { answered: 'noRoom' }

/**
 * Sends a default of the probed port. While it is tried, passes leave the port alone.
 * @param upperW the most that it lets the port give
 * @param then what is asked before anybody else may write to the port
 */
export async function tryDefault<T>(desk: Desk, profile: object, upperW: Watts, then: (asked: Asked) => Promise<T>): Promise<T | NoRoom> {
  goOn(desk)
  const { gateway, depotId, charger, port } = desk
  return gateway.reconciler.alone(depotId, charger.id, [port.id], async () => {
    const answer = await sendDefault(desk, profile, upperW)
    return answer === undefined ? { answered: 'noRoom' } : then(heard(answer))
  })
}

/** Inside `alone`. Undefined: there is no room. */
export async function sendDefault(desk: Desk, profile: object, upperW: Watts): Promise<ChargerAnswer | undefined> {
  const { gateway, depotId, charger, port } = desk
  const db = gateway.db.prisma
  const sentAt = gateway.clock.now()
  const limitId = await db.$transaction(async (tx) => {
    await lockDepot(tx, depotId)
    const read = await readFacts(tx, depotId, sentAt, gateway.reconciler.reach)
    const facts = read?.facts.ports.find(({ id }) => id === port.id)
    if (!read || !facts) return undefined
    const holding = holdingOf(facts, pathOf(read.facts.nodes, facts.node), sentAt)
    const after = { ...holding, fallbackW: Math.max(holding.fallbackW, upperW) as Watts }
    if (checkChange(envelopeAbove(envelopeOf(read.facts), port.id), after).kind === 'refused') return undefined
    const steps = [{ from: sentAt, limitW: upperW }]
    return writeAheadLimit(tx, {
      portId: port.id,
      kind: 'fallback',
      sessionId: null,
      steps,
      sentAt,
      planId: null,
      commandId: null,
      safety: true,
    })
  })
  if (limitId === undefined) return undefined
  const payload = { connectorId: port.number, csChargingProfiles: profile }
  const answer = await gateway.links.call(charger.id, { kind: 'message', action: 'SetChargingProfile', payload }, { priority: 'limit' })
  const at = gateway.clock.now()
  const accepted = answer.kind === 'accepted'
  const outcome = answer.kind === 'offline' || answer.kind === 'superseded' ? 'notSent' : answer.kind
  const reason = answer.kind === 'refused' ? answer.reason : undefined
  await writeOutcome(db, { id: limitId, ...answered(outcome, at), ...(reason && { reason }) })
  // its fallback is this one now; the wanted one differs from it, so whoever comes next puts it back, after a crash too
  if (accepted) await confirmFallback(db, { portId: port.id, fallbackW: upperW, sentAt, countsAt: plus(at, SETTLE_MS) })
  return answer
}

/** First period of the composite schedule, and how many it shows. Inside `alone`. */
export async function composite(desk: Desk, unit: 'A' | 'W', durationS: number): Promise<Asked & { shown?: number; periods?: number }> {
  const { port, gateway, charger } = desk
  const payload = { connectorId: port.number, duration: durationS, chargingRateUnit: unit }
  const asked = heard(await gateway.links.call(charger.id, { kind: 'message', action: 'GetCompositeSchedule', payload }))
  const schedule = asked.response.chargingSchedule as { chargingSchedulePeriod?: { limit?: unknown }[] } | undefined
  const limits = (schedule?.chargingSchedulePeriod ?? []).map(({ limit }) => Number(limit)).filter(Number.isFinite)
  return {
    ...asked,
    ...(limits.length > 0 && { shown: limits[0]!, periods: limits.filter((each, i) => i === 0 || each !== limits[i - 1]).length }),
  }
}

/** What the plan wants for the port while nobody plans for it. */
async function wantedFallbackW({ gateway, depotId, port }: Desk): Promise<Watts | undefined> {
  const read = await readFacts(gateway.db.prisma, depotId, gateway.clock.now(), gateway.reconciler.reach)
  return read?.facts.ports.find(({ id }) => id === port.id)?.wantedFallbackW
}

/** The fallback as it was, in the form that the charger takes; what cannot be sent now is sent by the next pass. */
export async function putBack(desk: Desk): Promise<void> {
  const { gateway, depotId, charger, port, quirks } = desk
  if (!gateway.links.online(charger.id)) return
  await gateway.reconciler.alone(depotId, charger.id, [port.id], async () => {
    const limitW = await wantedFallbackW(desk)
    if (limitW === undefined) return
    const form = desk.taken ? { ...quirks, units: [desk.taken.unit], stackLevel: desk.taken.stackLevel } : quirks
    await sendDefault(desk, fallbackProfile({ port: port.number, points: port.points, quirks: form }, limitW), limitW)
    // one that stands beside it would be followed where ours is cleared
    if (desk.besides === undefined) return
    const payload = { id: desk.besides }
    await gateway.links.call(charger.id, { kind: 'message', action: 'ClearChargingProfile', payload }, { priority: 'limit' })
    desk.besides = undefined
  })
}
