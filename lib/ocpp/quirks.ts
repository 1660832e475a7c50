import { z } from 'zod'

/** What is special about a charger, read from its configuration and kept as data. The defaults suit a charger that told nothing. */
export const quirks = z.object({
  units: z.array(z.enum(['A', 'W'])).default(['A']),
  maxPeriods: z.number().int().min(1).default(6),
  /** The level of all our profiles at this charger; fixed once it is known. */
  stackLevel: z.number().int().min(0).default(0),
  connectors: z.number().int().min(1).optional(),
  smartCharging: z.boolean().default(true),
  remoteTrigger: z.boolean().default(true),
  maxProfiles: z.number().int().optional(),
  /** Takes no limit of 0: its fallback is its minimum. */
  refusesZero: z.boolean().default(false),
  /** Its minimum, where that is above the port's own. */
  minW: z.number().int().positive().optional(),
  /** Keeps its profiles over a reboot (1.6 errata 3.37). False: its nameplate counts after each boot until the fallback is accepted. */
  keepsProfiles: z.boolean().default(true),
})
export type Quirks = z.infer<typeof quirks>

/** Reads the stored column; anything unreadable is as if nothing were known. */
export const readQuirks = (stored: unknown): Quirks => {
  const read = quirks.safeParse(stored)
  return read.success ? read.data : quirks.parse({})
}
