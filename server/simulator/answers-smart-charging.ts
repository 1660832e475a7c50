import { z } from 'zod'
import { compositeSchedule } from './composite.ts'
import { circumstances, storeRules } from './obeying.ts'
import { profileSchema } from './profile.ts'
import { clear, install } from './profile-store.ts'
import { give, type Row, row, say } from './row.ts'
import { deviceNow, findPort } from './station.ts'

export const SMART_CHARGING_ANSWERS: Record<string, Row> = {
  SetChargingProfile: row(z.object({ connectorId: z.int(), csChargingProfiles: profileSchema }), (station, request) => {
    const { memory } = station
    const outcome = install(memory.profiles, storeRules(station), request.connectorId, request.csChargingProfiles, deviceNow(station))
    if (outcome.status === 'Rejected') {
      station.log.debug({ charger: station.identity }, `${station.identity} rejects a profile: ${outcome.reason}`)
      return say('Rejected')
    }
    memory.profiles = outcome.profiles
    return say('Accepted')
  }),

  ClearChargingProfile: row(
    z.object({
      id: z.int().optional(),
      connectorId: z.int().optional(),
      chargingProfilePurpose: z.enum(['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile']).optional(),
      stackLevel: z.int().optional(),
    }),
    ({ memory }, wanted) => {
      const left = clear(memory.profiles, wanted)
      const found = left.length < memory.profiles.length
      memory.profiles = left
      return say(found ? 'Accepted' : 'Unknown')
    },
  ),

  GetCompositeSchedule: row(
    z.object({ connectorId: z.int(), duration: z.int().positive(), chargingRateUnit: z.enum(['A', 'W']).optional() }),
    (station, { connectorId, duration, chargingRateUnit }) => {
      const unit = chargingRateUnit ?? station.model.units[0]!
      if (!station.model.units.includes(unit) || (connectorId !== 0 && !findPort(station, connectorId))) return say('Rejected')
      const from = deviceNow(station)
      const scheduleStart = new Date(from).toISOString()
      const schedule = compositeSchedule(circumstances(station), connectorId, from, duration, unit)
      return give({ status: 'Accepted', connectorId, scheduleStart, chargingSchedule: { ...schedule, startSchedule: scheduleStart } })
    },
  ),
}
