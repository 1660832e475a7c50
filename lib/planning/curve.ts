import type { Instant } from '#lib/time/instant.ts'
import type { Watts } from '#lib/units/units.ts'

/** A power limit over time: `beforeW` until the first step, then each step until the next one; the last step is open-ended. */
export type Curve = { beforeW: Watts; steps: { from: Instant; limitW: Watts }[] }
