import type { PortStatus, Reading, RecordedEvent, Verdict } from '#lib/charging/event.ts'
import type { Evidence } from '#lib/kpi/charge-request.ts'
import { accepted, asked, ended, powered, saw, sawOnce } from '#lib/kpi/observe.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { Db } from '../store/database.ts'
import {
  lastRequestOfPort,
  portsOfCharger,
  type RequestRow,
  requestOfPort,
  requestOfSession,
  requestsToPower,
  saveRequest,
  saveSeen,
  sessionFacts,
  tokenIsCharging,
  tokenIsValid,
} from '../store/kpi.ts'
import { askedRequest, joinVisit, newRequest, pluggedRequest } from './request-of-event.ts'

type Event<Kind extends RecordedEvent['kind']> = Extract<RecordedEvent, { kind: Kind }>

/** Energy flows from this power or this rise of the register on (docs/kpis.md, availability: t_start). */
const POWER_W = 500
const ENERGY_WH = 100
/** A start that ends this soon, with less than `ENERGY_WH` and without a user, never was one. */
const SHORT_MS = seconds(60)
const USER_STOPS = new Set(['local', 'remote', 'evdisconnected', 'deauthorized', 'unplugged', 'user'])

/**
 * Keeps the charge requests of KPI 1 (docs/kpis.md, availability) true to what chargers said. Runs inside the transaction that records `events`,
 * after the rows of these events (session, port, readings) were written; calling it again with the same events changes nothing.
 * It only writes down what was seen: `closeRequests` says how each attempt came out.
 */
export async function collectRequests(db: Db, events: RecordedEvent[]): Promise<void> {
  const metered: Event<'metered'>[] = []
  for (const event of events) {
    if (event.kind === 'metered') metered.push(event)
    else if (event.kind === 'status') await sawStatus(db, event)
    else if (event.kind === 'authorized') await sawToken(db, event)
    else if (event.kind === 'started') await sawStart(db, event)
    else if (event.kind === 'stopped') await sawStop(db, event)
  }
  await sawPower(db, metered)
}

async function sawStatus(db: Db, event: Event<'status'>): Promise<void> {
  const { portId, at } = event
  if (!portId) return
  if (event.status === 'plugged') {
    const before = await lastRequestOfPort(db, portId, at)
    // its session is over and the cable never left: nobody asked for more
    if (before && before.endedAt !== null && before.acceptedAt !== null && !before.evidence.some(({ kind }) => kind === 'unplugged')) return
    const request = await pluggedRequest(db, portId, at)
    if (request) await keep(db, request)
    return
  }
  if (event.status === 'free') return sawUnplug(db, portId, at)
  const seen = MEANING[event.status]
  if (!seen) return
  const request = await requestOfPort(db, portId, at)
  if (request) await keep(db, seen(request, event))
}

/** What a status tells of the attempt on its port; the others tell nothing. */
const MEANING: Partial<Record<PortStatus, (request: RequestRow, event: Event<'status'>) => RequestRow>> = {
  charging: (request, { at }) => powered(request, at),
  faulted: (request, { at, errorCode, vendorErrorCode, info }) =>
    request.poweredAt !== null
      ? request
      : saw(request, { at, kind: 'fault', text: ['Charger fault', errorCode, vendorErrorCode, info].filter(Boolean).join(' · ') }),
  pausedByVehicle: (request, { at }) =>
    request.acceptedAt === null || request.poweredAt !== null
      ? request
      : sawOnce(request, { at, kind: 'vehicle', text: 'The vehicle takes no energy' }),
  pausedByCharger: (request, { at }) =>
    request.acceptedAt === null || request.poweredAt !== null
      ? request
      : sawOnce(request, { at, kind: 'note', text: 'The charger offers no energy' }),
}

async function sawUnplug(db: Db, portId: string, at: Instant): Promise<void> {
  const last = await lastRequestOfPort(db, portId, at)
  if (last && !last.evidence.some(({ kind }) => kind === 'unplugged'))
    await keep(db, saw(ended(last, at), { at, kind: 'unplugged', text: 'Unplugged' }), last)
}

async function sawToken(db: Db, event: Event<'authorized'>): Promise<void> {
  const { at, depotId, chargerId } = event
  const idTag = event.idTag.toUpperCase()
  if (await tokenIsCharging(db, chargerId, idTag, at)) return
  const request = await requestOfToken(db, { depotId, chargerId, idTag, at })
  const denial = event.verdict === 'accepted' ? null : await denialOf(db, idTag, event.verdict, at)
  await keep(db, await joinVisit(db, denial ? saw(request, denial) : request))
}

/** The only port, else the plugged one that nobody asked for yet, else none: the start will say which. */
async function requestOfToken(
  db: Db,
  { depotId, chargerId, idTag, at }: { depotId: string; chargerId: string; idTag: string; at: Instant },
) {
  const source = 'authorize' as const
  const ports = await portsOfCharger(db, chargerId)
  if (ports.length === 1) return askedRequest(db, { source, depotId, portId: ports[0]!, at, idTag })
  for (const portId of ports) {
    const request = await requestOfPort(db, portId, at)
    if (request && request.acceptedAt === null && (request.askedAt === null || request.idTag === idTag))
      return askedRequest(db, { source, depotId, portId, at, idTag })
  }
  return newRequest(db, { source, depotId, portId: null, at, idTag })
}

async function denialOf(db: Db, idTag: string, verdict: Verdict, at: Instant): Promise<Evidence> {
  const wrong = verdict !== 'concurrent' && (await tokenIsValid(db, idTag, at))
  return wrong
    ? { at, kind: 'wronglyDenied', text: `Card ${idTag} is valid and was refused (${verdict})` }
    : { at, kind: 'denied', text: `Card ${idTag} refused: ${verdict}` }
}

export type StartSeen = { at: Instant; idTag: string; vehicleId: string | null; sessionId: number | null; late: boolean }

/** An attempt whose transaction begins. There is none without a cable, whatever the order in which they were told. */
export function startedRequest(request: RequestRow, { at, idTag, vehicleId, sessionId, late }: StartSeen): RequestRow {
  const pluggedAt = request.pluggedAt ?? (Math.min(request.requestedAt, at) as Instant)
  const named = { ...request, pluggedAt, idTag, vehicleId: vehicleId ?? request.vehicleId, sessionId: sessionId ?? request.sessionId }
  const begun = asked(named, request.askedAt ?? at)
  return late ? sawOnce(begun, { at, kind: 'note', text: 'Started offline; told later' }) : begun
}

async function sawStart(db: Db, event: Event<'started'>): Promise<void> {
  const { portId, depotId, at, session } = event
  if (!portId) return
  // a start that was repeated or delivered twice
  if (session !== undefined && (await requestOfSession(db, session))) return
  const idTag = event.idTag.toUpperCase()
  const facts = session === undefined ? null : await sessionFacts(db, session)
  const found = await askedRequest(db, { source: 'authorize', depotId, portId, at, idTag, vehicleId: facts?.vehicleId, starts: true })
  const source = event.reservationId === undefined ? found.source : 'reservation'
  const request = startedRequest(
    { ...found, source },
    { at, idTag, vehicleId: facts?.vehicleId ?? null, sessionId: session ?? null, late: event.late },
  )
  const judged = event.verdict === 'accepted' ? accepted(request, at) : saw(request, await denialOf(db, idTag, event.verdict, at))
  await keep(db, await joinVisit(db, judged))
}

export type StopSeen = { at: Instant; reason: string; meterStopWh: number }

/** An attempt whose transaction ended. `meterStartWh`: the register that it began with; null when the session is gone. */
export function stoppedRequest(request: RequestRow, { at, reason, meterStopWh }: StopSeen, meterStartWh: number | null): RequestRow {
  const byUser = USER_STOPS.has(reason.toLowerCase())
  const energyWh = meterStartWh === null ? 0 : meterStopWh - meterStartWh
  const short = !byUser && request.acceptedAt !== null && at - request.acceptedAt < SHORT_MS && energyWh < ENERGY_WH
  const evidence: Evidence = short
    ? { at, kind: 'shortStop', text: `Stopped by itself after ${Math.round((at - request.acceptedAt!) / 1000)} s (${reason})` }
    : { at, kind: byUser ? 'stoppedByUser' : 'stopped', text: `Stopped: ${reason}` }
  const seen = energyWh >= ENERGY_WH && request.poweredAt === null ? poweredBetween(request, at) : request
  return saw(ended(seen, at), evidence)
}

async function sawStop(db: Db, event: Event<'stopped'>): Promise<void> {
  const request = await requestOfSession(db, event.session ?? event.sessionId)
  if (!request) return
  const facts = await sessionFacts(db, request.sessionId!)
  await keep(db, stoppedRequest(request, event, facts && Number(facts.meterStartWh)), request)
}

/** Energy flowed and no sample told when (a session delivered late without them): at its start, as far as anyone knows. */
const poweredBetween = (request: RequestRow, stoppedAt: Instant): RequestRow =>
  request.acceptedAt === null || request.acceptedAt > stoppedAt
    ? request
    : sawOnce(powered(request, request.acceptedAt), {
        at: request.acceptedAt,
        kind: 'note',
        text: 'No sample told when energy began: taken as at the start',
      })

/** First energy by the meter. One query for a whole batch of readings. */
async function sawPower(db: Db, events: Event<'metered'>[]): Promise<void> {
  const bySession = Map.groupBy(
    events.filter((event) => (event.session ?? event.sessionId) !== undefined),
    (event) => (event.session ?? event.sessionId)!,
  )
  const changed: RequestRow[] = []
  for (const { meterStartWh, ...row } of await requestsToPower(db, [...bySession.keys()])) {
    const readings = bySession.get(row.sessionId!)!.flatMap((event) => event.readings)
    const seen = poweredRequest(row, readings, meterStartWh)
    if (seen !== row) changed.push(seen)
  }
  await saveSeen(
    db,
    changed.map((request) => ({ ...request, outcome: null, stageFailed: null })),
  )
}

/** An attempt of whose session these readings tell; itself if they bring no earlier energy than was known. */
export function poweredRequest(request: RequestRow, readings: Reading[], meterStartWh: number): RequestRow {
  const flowing = readings.filter(({ powerW, energyWh }) => (powerW ?? 0) >= POWER_W || (energyWh ?? 0) >= meterStartWh + ENERGY_WH)
  if (flowing.length === 0) return request
  const at = Math.min(...flowing.map((reading) => reading.at)) as Instant
  return request.poweredAt === null || at < request.poweredAt ? powered(request, at) : request
}

/** Writes an attempt down if it changed; its class is open again until `closeRequests` looks at it. */
async function keep(db: Db, request: RequestRow, before?: RequestRow): Promise<void> {
  if (request === before || JSON.stringify(request) === JSON.stringify(before)) return
  await saveRequest(db, { ...request, outcome: null, stageFailed: null })
}
