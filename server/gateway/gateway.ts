import type { CallHooks } from '../charging/call-hooks.ts'
import type { StopSweep } from '../charging/stop-all.ts'
import type { Checks } from '../compatibility/checks.ts'
import type { Commands } from '../fleet/commands.ts'
import type { Obedience } from '../planning/obedience.ts'
import type { Reconciler } from '../planning/reconcile.ts'
import type { Replanner } from '../planning/replanner.ts'
import type { Reservations } from '../reservations/reservations.ts'
import type { Ctx } from '../runtime.ts'
import type { Security } from '../security/security.ts'
import type { LocalLists } from '../tokens/local-lists.ts'

/** What verbs of the gateway process work with. */
export type Gateway = Ctx & {
  reconciler: Reconciler
  replanner: Replanner
  commands: Commands
  obedience: Obedience
  sweepStopped: StopSweep
  /** Compatibility checks that run. */
  checks: Checks
  lists: LocalLists
  reservations: Reservations
  /** The depot's rules for chargers changed: those that are here are told; `all`: whatever its setting for repair is. */
  rulesChanged(input: { depotId: string; actor: string; all: boolean }): void
  /** What rooms do after a call of theirs was answered, by action; `sendCall` asks them. */
  afterCall: CallHooks
  /** Certificates: the authority and what brings them to chargers. Undefined in tests without it. */
  security: Security | undefined
  /** Starts what waits at its port since a stop was lifted. */
  goOn(depotId: string): Promise<void>
  /** Its ports or its place in the tree were changed: they are read anew. */
  forgetCharger(chargerId: string): void
}
