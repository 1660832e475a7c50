import { LINES, type LineId, lineIds, type Verdict } from '#lib/ocpp/compatibility16.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import type { SetPoints } from '#lib/planning/set-point.ts'
import { type Instant, minutes, plus } from '#lib/time/instant.ts'
import { milliamps, watts } from '#lib/units/units.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { checkedCharger, openSessions, rowsOf, type StoredLine, saveCheck } from '../store/compatibility.ts'
import { putBack } from './default-profile.ts'
import { type Desk, goOn, type ProbedPort } from './desk.ts'
import { keepsProfiles } from './probe-restart.ts'
import { follows } from './probe-vehicle.ts'
import { LIMIT_PROBES, type Probe } from './probes-limits.ts'
import { HEARTBEAT_LOOK_BACK_MS, METER_LOOK_BACK_MS, TALK_PROBES } from './probes-talk.ts'

const PROBES: Record<LineId, Probe> = { ...TALK_PROBES, ...LIMIT_PROBES, follows, keepsProfiles }

/** Messages whose rows of the raw log stand behind each line. */
const EVIDENCE: Record<LineId, string[]> = {
  configuration: ['GetConfiguration'],
  smartCharging: ['GetConfiguration'],
  trigger: ['TriggerMessage', 'StatusNotification'],
  clock: [],
  minimum: ['SetChargingProfile'],
  composite: ['SetChargingProfile', 'GetCompositeSchedule'],
  amperes: ['SetChargingProfile'],
  watts: ['SetChargingProfile'],
  zero: ['SetChargingProfile', 'GetCompositeSchedule'],
  periods: ['SetChargingProfile', 'GetCompositeSchedule'],
  stackLevels: ['SetChargingProfile'],
  clear: ['ClearChargingProfile'],
  follows: ['SetChargingProfile', 'MeterValues'],
  meterInterval: ['MeterValues'],
  heartbeat: ['Heartbeat'],
  localList: ['GetLocalListVersion'],
  reservation: ['ReserveNow', 'CancelReservation'],
  extendedTrigger: ['ExtendedTriggerMessage', 'Heartbeat'],
  logs: ['ExtendedTriggerMessage', 'LogStatusNotification'],
  certificates: ['GetInstalledCertificateIds'],
  keepsProfiles: ['SetChargingProfile', 'GetCompositeSchedule', 'Reset', 'BootNotification'],
}
const MOST_EVIDENCE = 20
/** Lines that judge what was said before they were tried. */
const LOOKS_BACK: Partial<Record<LineId, number>> = {
  smartCharging: minutes(2),
  amperes: minutes(2),
  meterInterval: METER_LOOK_BACK_MS,
  heartbeat: HEARTBEAT_LOOK_BACK_MS,
}

export type CheckInput = { depotId: string; chargerId: string; actor: string; mayRestart: boolean; mayUseVehicle: boolean }

/** What a check needs of the charger, read when it begins. Undefined: it has no port. */
export async function makeDesk(gateway: Gateway, input: CheckInput, signal: AbortSignal): Promise<Desk | undefined> {
  const charger = await checkedCharger(gateway.db.prisma, input.chargerId)
  if (!charger) return undefined
  const sessions = await openSessions(
    gateway.db.prisma,
    charger.ports.map(({ id }) => id),
  )
  const ports = charger.ports.map((port): ProbedPort => {
    const session = sessions.find(({ portId }) => portId === port.id)
    return {
      id: port.id,
      number: port.number,
      points: pointsOf(port, charger.maxW),
      sessionId: session?.id,
      vehicleId: session?.vehicleId ?? null,
    }
  })
  const free = (number: number) => charger.ports.find((port) => port.number === number)?.status === 'free'
  const idle = ports.filter(({ sessionId }) => sessionId === undefined)
  const port = idle.find(({ number }) => free(number)) ?? idle[0] ?? ports[0]
  if (!port) return undefined
  const { vendor, model, clockOffsetMs, quirks } = charger
  return {
    gateway,
    depotId: input.depotId,
    charger: { id: charger.id, vendor, model, clockOffsetMs },
    actor: input.actor,
    port,
    busy: ports.find(({ sessionId }) => sessionId !== undefined),
    ports,
    items: [],
    quirks: readQuirks(quirks),
    taken: undefined,
    shows: false,
    units: { A: 'silent', W: 'silent' },
    besides: undefined,
    mayRestart: input.mayRestart,
    mayUseVehicle: input.mayUseVehicle,
    signal,
  }
}

type Electrics = { minW: number; maxW: number; stepMa: number; volts: number; wiring: string; phases: number }
const pointsOf = ({ minW, maxW, stepMa, volts, wiring, phases }: Electrics, chargerMaxW: number): SetPoints => ({
  minW: watts(minW),
  maxW: watts(Math.min(maxW, chargerMaxW)),
  stepMa: milliamps(stepMa),
  circuit: { volts, wiring: wiring === 'L-L' ? 'L-L' : 'L-N', phases: phases as 1 | 2 | 3 },
})

/** Tries line by line and writes each down; limits are put back at the end whatever happens. @throws CheckEnded */
export async function runCheck(desk: Desk, checkId: string): Promise<StoredLine[]> {
  const { gateway, depotId, charger } = desk
  const db = gateway.db.prisma
  const lines: StoredLine[] = []
  const show = () => gateway.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: charger.id })
  try {
    for (const id of lineIds) {
      goOn(desk)
      await saveCheck(db, checkId, { lines, detail: LINES[id] })
      show()
      lines.push(await tried(desk, id))
    }
    return lines
  } finally {
    await putBack(desk).catch((error) =>
      gateway.log.error({ err: error, chargerId: charger.id }, 'a fallback was not put back by its check'),
    )
    gateway.wakes.reconcile(charger.id)
    await saveCheck(db, checkId, { lines: await withEvidence(desk, lines) })
  }
}

async function tried(desk: Desk, id: LineId): Promise<StoredLine> {
  const at = desk.gateway.clock.now()
  const verdict: Verdict = await PROBES[id](desk)
  return { id, at, ...verdict, evidence: await evidenceOf(desk, { id, at, ...verdict }, desk.gateway.clock.now()) }
}

/** Nothing was tried: nothing shows it. The log's moments are whole milliseconds. */
async function evidenceOf({ gateway, charger }: Desk, line: Omit<StoredLine, 'evidence'>, until: Instant) {
  if (line.result === 'notTried') return []
  const from = plus(line.at, -(LOOKS_BACK[line.id] ?? 1))
  return (await rowsOf(gateway.db.prisma, charger.id, from, until, EVIDENCE[line.id])).slice(-MOST_EVIDENCE)
}

/** The raw log is written a moment after what it tells: once more at the end for lines that had none yet. */
async function withEvidence(desk: Desk, lines: StoredLine[]): Promise<StoredLine[]> {
  for (const [i, line] of lines.entries()) {
    line.evidence = await evidenceOf(desk, line, lines[i + 1]?.at ?? desk.gateway.clock.now())
  }
  return lines
}
