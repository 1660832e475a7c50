import { z } from 'zod'

// Ways of a charger that are found out by trying (lib/ocpp/compatibility16.ts), as they are kept for its model.
const ways = {
  units: z.array(z.enum(['A', 'W'])),
  maxPeriods: z.number().int().min(1),
  stackLevel: z.number().int().min(0),
  refusesZero: z.boolean(),
  /** The least current it takes, where that is above the port's own. */
  minA: z.number().int().min(6).max(32),
  keepsProfiles: z.boolean(),
  followsLimits: z.boolean(),
  smartCharging: z.boolean(),
}

/** What is special about a charger, read from its configuration and kept as data. The defaults suit a charger that told nothing. */
export const quirks = z.object({
  units: ways.units.default(['A']),
  maxPeriods: ways.maxPeriods.default(6),
  /** The level of all our profiles at this charger; fixed once it is known. */
  stackLevel: ways.stackLevel.default(0),
  connectors: z.number().int().min(1).optional(),
  smartCharging: ways.smartCharging.default(true),
  remoteTrigger: z.boolean().default(true),
  maxProfiles: z.number().int().optional(),
  /** It can keep ports free (feature profile Reservation). */
  reserves: z.boolean().optional(),
  /** Takes no limit of 0: its fallback is its minimum. */
  refusesZero: ways.refusesZero.default(false),
  /** Its minimum, where that is above the port's own. */
  minW: z.number().int().positive().optional(),
  minA: ways.minA.optional(),
  /** Keeps its profiles over a reboot (1.6 errata 3.37). False: its nameplate counts after each boot until the fallback is accepted. */
  keepsProfiles: ways.keepsProfiles.default(true),
  /** False: it accepts limits and draws what it likes. Its nameplate counts always. */
  followsLimits: ways.followsLimits.default(true),
})
export type Quirks = z.infer<typeof quirks>

/** What a compatibility check measured: only what it found out. */
export const measured = z.object(ways).partial()
export type Measured = z.infer<typeof measured>

/** Reads the stored column; anything unreadable is as if nothing were known. */
export const readQuirks = (stored: unknown): Quirks => {
  const read = quirks.safeParse(stored)
  return read.success ? read.data : quirks.parse({})
}

export const readMeasured = (stored: unknown): Measured => {
  const read = measured.safeParse(stored)
  return read.success ? read.data : {}
}

/** What was measured beats what the charger tells of itself. */
export const withMeasured = (told: Quirks, found: Measured): Quirks => ({ ...told, ...found })
