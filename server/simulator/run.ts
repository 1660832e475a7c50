import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant } from '#lib/time/instant.ts'
import { type ClockSetting, makeClock } from '#server/clock.ts'
import { makeLog } from '#server/log.ts'
import { MODELS, type SimulatorConfig, simulatorConfig } from './config.ts'
import { startDepot } from './depot.ts'
import { loadState, saveState } from './state-file.ts'
import { startTelematics } from './telematics.ts'
import { type Trip, weeklyTrips } from './trips.ts'

// The simulator as a process: a depot from a file, in the time it is given, pushing telematics as a vendor would.

export type SimulatorEnv = { dataDir: string; clock?: ClockSetting; logLevel: string; simulatorConfig?: string }

const SAVE_EVERY_MS = 2_000

/**
 * Lives the depot of `simulatorConfig` (or `simulator.json` in the data directory) until `close`.
 * @throws Error in one sentence when the file cannot be read or is wrong.
 */
export async function startChargers(env: SimulatorEnv): Promise<{ close(): Promise<void> }> {
  const file = env.simulatorConfig ?? join(env.dataDir, 'simulator.json')
  const config = readConfig(file)
  const log = makeLog('chargers', env.logLevel)
  const clock = makeClock(env.clock)
  const remembered = loadState(config.stateFile)
  const depot = startDepot({
    url: config.url,
    secureUrl: config.secureUrl,
    chargers: config.chargers.map(({ model, ...charger }) => ({
      ...charger,
      secureUrl: config.secureUrl,
      roots: config.roots,
      model: MODELS[model],
    })),
    vehicles: config.vehicles,
    trips: tripsOf(file, config),
    clock,
    seed: config.seed,
    remembered,
    log,
    network: { keepFrames: 20 },
    onTransaction: () => setImmediate(save),
  })
  for (const { identity, faults } of config.chargers) for (const name of faults) depot.charger(identity).fault(name)
  const stopTelematics = config.telematics && startTelematics(depot, config.telematics, clock, config.seed, log)
  let isClosed = false
  function save() {
    if (!isClosed) saveState(config.stateFile, depot.state())
  }
  // keeps the process alive while every charger waits for the network
  const saving = setInterval(save, SAVE_EVERY_MS)
  log.info(
    { chargers: config.chargers.length, vehicles: config.vehicles.length },
    `${config.chargers.length} simulated chargers connect to ${config.url}`,
  )

  return {
    async close() {
      clearInterval(saving)
      stopTelematics?.()
      save()
      isClosed = true
      depot.close()
    },
  }
}

/** Dated drives where there are any for the vehicle that day, weekly ones elsewhere. The file is read again when it has changed. */
function tripsOf(file: string, first: SimulatorConfig): (from: Instant, until: Instant) => Trip[] {
  let config = first
  let readAt = statSync(file).mtimeMs
  return (from, until) => {
    const changedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? readAt
    if (changedAt !== readAt) {
      readAt = changedAt
      config = readConfig(file)
    }
    const lastDated = new Map<string, Instant>()
    for (const { vehicleId, returnsAt } of config.trips)
      if (returnsAt > (lastDated.get(vehicleId) ?? 0)) lastDated.set(vehicleId, returnsAt)
    const dated = config.trips.filter((trip) => trip.returnsAt > from && trip.leavesAt < until)
    const weekly = weeklyTrips(config.weekly, config.zone, { from, until })
    return [...dated, ...weekly.filter((trip) => trip.leavesAt >= (lastDated.get(trip.vehicleId) ?? 0))]
  }
}

function readConfig(file: string): SimulatorConfig {
  const parsed = simulatorConfig.safeParse(parse(file))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new Error(`The simulator's file ${file} is wrong at ${path.join('.')}: ${message}.`)
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`The simulator's file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
