import { earliest, type Instant, latest } from '#lib/time/instant.ts'

/** A session as it is known when its end is told. Registers in Wh. */
export type RunningSession = {
  startedAt: Instant
  meterStartWh: number
  lastMeterWh: number | null
  energyWh: number
  flags: readonly string[]
}
/** How a charger told the end. `byOther`: with a card that has nothing to do with the one that began it. */
export type ToldEnd = { at: Instant; receivedAt: Instant; meterStopWh: number; late: boolean; byOther: boolean; flags: readonly string[] }

/** What the session becomes. `fresh`: the flags that it did not have before. */
export type SessionEnd = { stoppedAt: Instant; lastMeterAt: Instant; energyWh: number; flags: string[]; fresh: string[] }

/**
 * The end of a session, whatever the order in which things were told. A register that ran backwards leaves the energy that was counted, and
 * what it rose since the last reading; an end before the start is taken as at the start. Both are for a person to look at.
 */
export function endOf(session: RunningSession, told: ToldEnd): SessionEnd {
  const { startedAt, meterStartWh, energyWh } = session
  const { at, receivedAt, meterStopWh, late, byOther } = told
  const lastWh = session.lastMeterWh ?? meterStartWh
  const flags = new Set([...session.flags, ...told.flags])
  if (meterStopWh < meterStartWh || (meterStopWh < lastWh && !late)) flags.add('meterBackwards')
  if (at < startedAt) flags.add('stopBeforeStart')
  if (byOther) flags.add('stoppedByOther')
  return {
    stoppedAt: latest(at, startedAt),
    lastMeterAt: earliest(at, receivedAt),
    energyWh: flags.has('meterBackwards') ? energyWh + Math.max(0, meterStopWh - lastWh) : meterStopWh - meterStartWh,
    flags: [...flags],
    fresh: [...flags].filter((flag) => !session.flags.includes(flag)),
  }
}
