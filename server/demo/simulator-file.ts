import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { days, type Instant, iso, plus } from '#lib/time/instant.ts'
import type { SimulatorConfigInput } from '#server/simulator/config.ts'
import { chargers, demoDuties, demoZone, tagOf, vans } from './depot.ts'
import { firstRegisterWh } from './history.ts'
import { random } from './random.ts'

// What the simulator is told: the same vans, duties and keys as the database, in a file that only this user may read.

const fileOf = (dataDir: string) => join(dataDir, 'simulator.json')
const aheadDays = 140

export type Secrets = { keys: Map<string, string>; apiKey: string }

/** The keys of the last start; null when the file is gone or broken. */
export function knownSecrets(dataDir: string): Secrets | null {
  const file = fileOf(dataDir)
  if (!existsSync(file)) return null
  try {
    const config = JSON.parse(readFileSync(file, 'utf8')) as SimulatorConfigInput
    const keys = new Map(
      config.chargers.map(({ identity, password }) => [chargers.find((each) => each.identity === identity)!.id, password!]),
    )
    return { keys, apiKey: config.telematics!.apiKey }
  } catch {
    return null
  }
}

export function writeSimulatorFile(
  given: { dataDir: string; ocppPort: number; ocppTlsPort?: number; port: number; now: Instant } & Secrets,
): void {
  const { dataDir, now } = given
  const soc = random(11)
  const config: SimulatorConfigInput = {
    url: `ws://127.0.0.1:${given.ocppPort}/ocpp`,
    // a person may raise them: our root is installed, and they come back over TLS
    ...(given.ocppTlsPort !== undefined && { secureUrl: `wss://127.0.0.1:${given.ocppTlsPort}/ocpp` }),
    zone: demoZone,
    seed: 7,
    chargers: chargers.map(({ id, identity }) => ({
      identity,
      password: given.keys.get(id)!,
      ports: 1,
      model: 'level2',
      memory: 'keeps',
      registerWh: firstRegisterWh,
    })),
    vehicles: vans.map((van, index) => ({
      id: van.id,
      tag: tagOf(index + 1),
      batteryWh: van.batteryWh,
      maxPowerW: van.maxW,
      efficiency: van.efficiencyPermille / 1000,
      soc: 0.28 + soc() * 0.24,
      odometerM: 20_000_000 + Math.round(soc() * 10_000_000),
      home: { charger: chargers[index]!.identity, port: 1 },
    })),
    trips: demoDuties({ from: plus(now, -days(2)), until: plus(now, days(aheadDays)) }).map(
      ({ vehicleId, departsAt, returnsAt, energyWh, distanceM }) => ({
        vehicleId,
        // what the drive takes, without the reserve that the duty keeps
        energyWh: Math.round(energyWh / 1.15),
        distanceM,
        leavesAt: iso(departsAt),
        returnsAt: iso(returnsAt),
      }),
    ),
    telematics: { url: `http://127.0.0.1:${given.port}`, apiKey: given.apiKey, everyS: 300, movesPerDay: 48 },
    stateFile: join(dataDir, 'simulator-state.json'),
  }
  const file = fileOf(dataDir)
  writeFileSync(`${file}.new`, JSON.stringify(config), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
