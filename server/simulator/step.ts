import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import { sampleIdle } from './answers.ts'
import { boot, heartbeat } from './boot.ts'
import { stepFaults } from './faults.ts'
import { stepUpdate } from './firmware-update.ts'
import { setPilots } from './obeying.ts'
import { powerOn } from './power.ts'
import { pump } from './queue.ts'
import { dropExpired } from './reservation.ts'
import { count, flash, isAccepted, type Port, type Station } from './station.ts'
import { refreshStatus } from './status.ts'
import { sampleTransaction } from './transaction.ts'

/** Lives one simulated second that ends at `at`: power flows, and what is due is done. */
export function step(station: Station, at: Instant): void {
  station.at = at
  station.isStepping = true
  live(station)
  station.isStepping = false
}

function live(station: Station): void {
  const { at } = station
  stepFaults(station)
  if (station.power === 'off') {
    if (station.wakesAt !== undefined && at >= station.wakesAt) powerOn(station)
    return
  }
  if (station.memory.reservations.length > 0) dropExpired(station)
  setPilots(station)
  for (const port of station.ports) {
    flow(station, port)
    if (port.armed && at >= port.armed.until) port.armed = undefined
    refreshStatus(station, port)
  }
  doWhatIsDue(station)
  station.changed()
}

/** A second of charging: the load follows the pilot at its own pace, the meter counts, the battery fills. */
function flow(station: Station, port: Port): void {
  const kept = flash(station, port)
  const { load } = port
  if (!load || !kept.transaction) {
    port.powerW = 0
    return
  }
  const { wires } = station.model
  const offeredW = port.pilotAmps * wires.volts * Math.min(wires.phases, load.phases)
  const targetW = Math.min(offeredW, load.wantsW())
  port.powerW += Math.max(-load.rampWPerS, Math.min(load.rampWPerS, targetW - port.powerW))
  // never more than the vehicle takes, even on the way down
  port.powerW = Math.max(0, Math.min(port.powerW, load.wantsW()))
  const energyWh = port.powerW / 3_600
  load.take(energyWh)
  kept.registerWh += energyWh
  port.deliveredWh += energyWh
}

function doWhatIsDue(station: Station): void {
  const { at } = station
  if (station.link.isOpen() && station.bootDueAt !== undefined && at >= station.bootDueAt) void boot(station)
  for (const port of station.ports) {
    if (port.sampleDueAt !== undefined && at >= port.sampleDueAt) samplePeriodically(station, port)
  }
  sampleByTheClock(station)
  stepUpdate(station)
  if (!isAccepted(station)) return
  if (station.heartbeatDueAt !== undefined && at >= station.heartbeatDueAt) void heartbeat(station)
  if (station.memory.queue.length > 0) void pump(station)
}

function samplePeriodically(station: Station, port: Port): void {
  const interval = count(station, 'MeterValueSampleInterval')
  // switched off: looked at again in a minute, in case it is switched on
  port.sampleDueAt = plus(station.at, seconds(interval || 60))
  if (interval > 0) sampleTransaction(station, port, 'Sample.Periodic')
}

/** At every full multiple of ClockAlignedDataInterval since midnight UTC (§9.1.7). */
function sampleByTheClock(station: Station): void {
  const interval = seconds(count(station, 'ClockAlignedDataInterval'))
  if (interval <= 0) {
    station.alignedDueAt = undefined
    return
  }
  const next = plus((Math.floor(station.at / interval) * interval) as Instant, interval)
  if (station.alignedDueAt !== undefined && station.at >= station.alignedDueAt) {
    for (const port of station.ports) {
      if (flash(station, port).transaction) sampleTransaction(station, port, 'Sample.Clock')
      else if (isAccepted(station)) sampleIdle(station, port, 'Sample.Clock')
    }
  }
  // a shorter interval counts from now on
  station.alignedDueAt = next
}
