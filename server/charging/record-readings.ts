import { hash } from 'node:crypto'
import type { Reading, RecordedEvent } from '#lib/charging/event.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { PortPowerRow, ProgressRow, ReadingRow } from '../store/meter.ts'

/** Readings of one port as the rows that they become. */
export type Metered = { portId: string; sessionId: number | undefined; readings: Reading[]; late: boolean; receivedAt: Instant }
/** The readings of a recorded event, if it has any and belongs to a port. */
export const meteredOf = (event: RecordedEvent | undefined): Metered | undefined =>
  event?.kind === 'metered' && event.portId !== undefined
    ? { portId: event.portId, sessionId: event.session, readings: event.readings, late: event.late, receivedAt: event.receivedAt }
    : undefined

export type MeteredRows = { readings: ReadingRow[]; power: PortPowerRow[]; progress: ProgressRow[] }

/** Times that a clock could not have told: such a reading says nothing about "now". */
const strange = (flags: string[]): boolean => flags.includes('futureTime') || flags.includes('absurdTime')

/** Rows of many chargers' readings: one per reading, and one per port and session for what they change. */
export function meteredRows(all: Metered[]): MeteredRows {
  const readings: ReadingRow[] = []
  const power = new Map<string, PortPowerRow>()
  const progress = new Map<number, ProgressRow>()
  for (const { portId, sessionId, readings: said, late, receivedAt } of all) {
    for (const reading of said) {
      const row = readingRow(portId, sessionId, reading, receivedAt)
      readings.push(row)
      const now = strange(reading.flags) || reading.at > receivedAt ? receivedAt : row.at
      if (row.power_w !== null && !late) {
        const known = power.get(portId)
        if (!known || known.at <= now) power.set(portId, { id: portId, power_w: row.power_w, at: now })
      }
      if (sessionId !== undefined) advance(progress, sessionId, row, now)
    }
  }
  return { readings, power: [...power.values()], progress: [...progress.values()] }
}

function readingRow(portId: string, sessionId: number | undefined, reading: Reading, received: Instant): ReadingRow {
  const { energyWh = null, powerW = null, currentMa, voltageMv, offeredMa = null, socPct = null } = reading
  // without the context: the whole series again inside StopTransaction adds nothing
  const digest = hash('sha256', `${energyWh}|${powerW}|${currentMa}|${voltageMv}|${offeredMa}|${socPct}`, 'hex').slice(0, 16)
  return {
    at: reading.at,
    port_id: portId,
    digest,
    received_at: received,
    session_id: sessionId ?? null,
    energy_wh: energyWh,
    power_w: powerW,
    current_ma: currentMa,
    voltage_mv: voltageMv,
    offered_ma: offeredMa,
    soc_pct: socPct,
    context: reading.context,
    flags: reading.flags,
  }
}

function advance(progress: Map<number, ProgressRow>, sessionId: number, row: ReadingRow, at: Instant) {
  let known = progress.get(sessionId)
  if (!known) {
    known = {
      session_id: sessionId,
      first_wh: null,
      first_at: null,
      last_wh: null,
      last_at: at,
      rise_wh: 0,
      down: false,
      soc_pct: null,
      flags: [],
    }
    progress.set(sessionId, known)
  }
  for (const flag of row.flags) if (!known.flags.includes(flag)) known.flags.push(flag)
  if (at >= known.last_at) {
    known.last_at = at
    if (row.soc_pct !== null) known.soc_pct = row.soc_pct
  }
  if (row.energy_wh === null) return
  if (known.first_wh === null || known.last_wh === null) {
    known.first_wh = known.last_wh = row.energy_wh
    known.first_at = at
    return
  }
  // a register that runs back is flagged; what it rises afterwards counts again
  if (row.energy_wh < known.last_wh) known.down = true
  else known.rise_wh += row.energy_wh - known.last_wh
  known.last_wh = row.energy_wh
}
