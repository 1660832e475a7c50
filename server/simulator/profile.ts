import { z } from 'zod'

// A charging profile as the charger reads it (OCPP 1.6 §7.8, §7.13, §7.14). Written from the specification, not from our builder.

const limitValue = z.number().nonnegative()
const period = z.object({ startPeriod: z.int().nonnegative(), limit: limitValue, numberPhases: z.int().min(1).max(3).optional() })
const moment = z.iso.datetime({ offset: true })

export const profileSchema = z.object({
  chargingProfileId: z.int(),
  transactionId: z.int().optional(),
  stackLevel: z.int().nonnegative(),
  chargingProfilePurpose: z.enum(['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile']),
  chargingProfileKind: z.enum(['Absolute', 'Recurring', 'Relative']),
  recurrencyKind: z.enum(['Daily', 'Weekly']).optional(),
  validFrom: moment.optional(),
  validTo: moment.optional(),
  chargingSchedule: z.object({
    duration: z.int().nonnegative().optional(),
    startSchedule: moment.optional(),
    chargingRateUnit: z.enum(['A', 'W']),
    chargingSchedulePeriod: z.array(period).min(1),
    minChargingRate: limitValue.optional(),
  }),
})

export type Profile = z.infer<typeof profileSchema>
export type Purpose = Profile['chargingProfilePurpose']
export type RateUnit = Profile['chargingSchedule']['chargingRateUnit']
