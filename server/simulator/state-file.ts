import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { DepotState } from './depot.ts'

// Batteries, meters and memories between two starts of the simulator.

const LAYOUT = 1
/** Written by this same program: only the outside is looked at, a file of another layout is not read. */
const kept = z.object({ layout: z.literal(LAYOUT), state: z.custom<DepotState>((value) => typeof value === 'object' && value !== null) })

/** The last state, or nothing when there is none that can be read. */
export function loadState(file: string): DepotState | undefined {
  if (!existsSync(file)) return undefined
  try {
    const parsed = kept.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data.state : undefined
  } catch {
    return undefined
  }
}

/** In one step: a process killed in between leaves the file before. It holds the chargers' keys, so nobody else may read it. */
export function saveState(file: string, state: DepotState): void {
  writeFileSync(`${file}.new`, JSON.stringify({ layout: LAYOUT, state }), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
