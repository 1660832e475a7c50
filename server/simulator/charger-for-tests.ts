import { afterEach, beforeEach } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { type Clock, makeClock } from '#server/clock.ts'
import { type Central, type SecureDoor, startCentral } from './central-for-tests.ts'
import { type Charger, type ChargerOptions, startCharger } from './charger.ts'
import type { Payload } from './frame.ts'
import { fixedLoad } from './vehicle.ts'

// One charger, C1, on a real socket against the strict central system. A minute of depot time takes a second. For tests only.

export function charging16(firstPort: number, secure?: () => SecureDoor) {
  const world = { port: firstPort } as { port: number; clock: Clock; central: Central }
  const running: Charger[] = []

  beforeEach(async () => {
    world.clock = makeClock({ realMs: Date.now(), depotMs: instant('2026-03-10T20:00:00Z'), speed: 60 })
    world.central = await startCentral(world.clock, world.port++, undefined, secure?.())
  })
  afterEach(async () => {
    for (const charger of running.splice(0)) charger.close()
    await world.central.close()
  })

  /** Not connected yet. */
  function make(options: Partial<ChargerOptions> = {}): Charger {
    const { central, clock } = world
    const charger = startCharger({
      url: central.url,
      identity: 'C1',
      password: central.password,
      clock,
      backoffMs: { min: 20, max: 100 },
      ...options,
    })
    running.push(charger)
    return charger
  }
  async function online(options: Partial<ChargerOptions> = {}): Promise<Charger> {
    const charger = make(options)
    charger.connect()
    await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot')
    return charger
  }
  /** Transaction 101 runs at full power. */
  async function charging(options: Partial<ChargerOptions> = {}, powerW = 19_200, registerWh = 0): Promise<Charger> {
    const charger = await online(options)
    charger.memory.ports[0]!.registerWh = registerWh
    charger.plug(fixedLoad(powerW))
    await charger.swipe('VAN7')
    await charger.waitFor(() => charger.transaction()?.transactionId && charger.powerW() === powerW, 'full power')
    return charger
  }
  const ask = (action: string, params: Payload) => world.central.ask('C1', action, params)
  const setProfile = (amps: number, purpose?: string, connectorId = 1, id = 1) =>
    ask('SetChargingProfile', { connectorId, csChargingProfiles: profile(amps, purpose, id) })
  const heardOf = (action: string) => world.central.heardOf(action)
  return { world, make, online, charging, ask, setProfile, heardOf }
}

/** One period of so many amperes: absolute since 18:00 for a transaction, relative for a default. */
export const profile = (amps: number, purpose = 'TxProfile', id = 1): Payload => ({
  chargingProfileId: id,
  stackLevel: 0,
  chargingProfilePurpose: purpose,
  chargingProfileKind: purpose === 'TxProfile' ? 'Absolute' : 'Relative',
  chargingSchedule: {
    ...(purpose === 'TxProfile' && { startSchedule: '2026-03-10T18:00:00Z' }),
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: amps, numberPhases: 1 }],
  },
})
