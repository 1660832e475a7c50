import type { ChargingEvent } from '#lib/charging/event.ts'
import type { Tariff } from '#lib/energy/tariff.ts'
import { requiredWh } from '#lib/fleet/need.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import { type WattHours, wattHours, watts } from '#lib/units/units.ts'
import { record } from '#server/charging/record.ts'
import { closeRequests } from '#server/kpi/close-requests.ts'
import type { Ctx } from '#server/runtime.ts'
import { writePastDuty } from '#server/store/depot.ts'
import { requestOfSession, saveRequest } from '#server/store/kpi.ts'
import { readSetting, writeSetting } from '#server/store/setting.ts'
import { demoDepotId, vans } from './depot.ts'
import { dutyRow } from './duty-row.ts'
import { type PastSession, pastSessions } from './nights.ts'

/** How far the filling is; the overview shows it while `done < of`. */
export type HistoryProgress = { from: Instant; until: Instant; done: number; of: number }
export const historySetting = `history:${demoDepotId}`

/** What every port's register shows at the demo's first start; the past counts down from here. */
export const firstRegisterWh = 2_000_000

type Given = Pick<Ctx, 'db' | 'clock' | 'log'>
/** The past changes no plan and no live view. */
const nobody = { recorded: { publish() {}, subscribe: () => () => {} }, wakes: { replan() {}, reconcile() {}, touched() {} } }

/** Marks which days are to be filled: the seven before the depot's first moment. Once. */
export async function planHistory({ db, clock }: Pick<Ctx, 'db' | 'clock'>): Promise<void> {
  if (await readSetting(db.prisma, historySetting)) return
  const until = clock.now()
  await writeSetting(db.prisma, historySetting, { from: plus(until, -days(7)), until, done: 0, of: 0 } satisfies HistoryProgress)
}

/**
 * Fills the days before the first start: the simulator's vehicles under the depot's own planner, recorded as messages that were delivered
 * late. Can be cut off and called again: what is recorded is found again, nothing doubles.
 */
export async function fillHistory(ctx: Given, tariff: Tariff, signal: AbortSignal): Promise<void> {
  const progress = (await readSetting(ctx.db.prisma, historySetting)) as HistoryProgress | null
  if (!progress || (progress.of > 0 && progress.done >= progress.of)) return
  const sessions = pastSessions({ from: progress.from, until: progress.until }, tariff)
  const registers = startRegisters(sessions)
  for (const [index, session] of sessions.entries()) {
    if (signal.aborted) return
    await recordPast(ctx, session, registers[index]!)
    await writeSetting(ctx.db.prisma, historySetting, { ...progress, done: index + 1, of: sessions.length })
  }
  await closeRequests(ctx)
  ctx.log.info({ sessions: sessions.length }, 'seven days of history are filled')
}

async function recordPast(ctx: Given, session: PastSession, meterStartWh: WattHours): Promise<void> {
  const tell = (events: ChargingEvent[]) => record({ ...ctx, ...nobody }, session.chargerId, events)
  const { idTag, startedAt, stoppedAt, duty, leftWithPct } = session
  const van = vans[session.van - 1]!
  const enough = leftWithPct >= (requiredWh(van, duty) / van.batteryWh) * 100 - 1
  await writePastDuty(ctx.db, { ...dutyRow(duty, startedAt), outcome: enough ? 'ready' : 'short', socAtDeparture: leftWithPct })
  const [started] = await tell([
    { kind: 'started', at: startedAt, port: 1, idTag, verdict: 'accepted', meterStartWh, late: true, flags: [] },
  ])
  const sessionId = started?.session
  if (sessionId === undefined) return
  const readings = session.readings.map(({ at, energyWh, powerW, socPct }) => ({
    at,
    energyWh: wattHours(meterStartWh + energyWh),
    powerW: watts(powerW),
    socPct,
    currentMa: [],
    voltageMv: [],
    context: 'periodic' as const,
    flags: [],
  }))
  await tell([{ kind: 'metered', port: 1, sessionId, readings, late: true }])
  const meterStopWh = wattHours(meterStartWh + session.energyWh)
  await tell([{ kind: 'stopped', at: stoppedAt, port: 1, sessionId, meterStopWh, reason: 'EVDisconnected', idTag, late: true, flags: [] }])
  // what the plan had promised is known only here; the gateway may have classed the visit without it meanwhile
  const request = await requestOfSession(ctx.db.prisma, sessionId)
  if (request) await saveRequest(ctx.db.prisma, { ...request, promisedAt: session.promisedAt, outcome: null, stageFailed: null })
}

/** Each session's start register, so that every port ends at `firstRegisterWh`. */
function startRegisters(sessions: PastSession[]): WattHours[] {
  const left = new Map<number, number>()
  const starts = sessions.map(() => 0)
  for (let index = sessions.length - 1; index >= 0; index--) {
    const { van, energyWh } = sessions[index]!
    starts[index] = (left.get(van) ?? firstRegisterWh) - energyWh
    left.set(van, starts[index]!)
  }
  return starts.map(wattHours)
}
