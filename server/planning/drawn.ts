import { NEVER_PAUSE_MS } from '#lib/fleet/need.ts'
import type { DepotFacts } from '#lib/planning/depot-facts.ts'
import { type Drawing, drawing } from '#lib/planning/drawn.ts'
import type { Need } from '#lib/planning/input.ts'
import type { Watts } from '#lib/units/units.ts'
import type { Ctx } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import type { Site } from '../store/site.ts'
import { writeNeverPause } from '../store/vehicle.ts'

/** A vehicle that is nearly full takes less and less by itself. */
const FULL_PCT = 95

type Sleeper = { id: string; socPct: number | null; neverPauseSince?: number | undefined }
export type Drawn = {
  /** Needs as the vehicles that stand there take power now; tells who did not go on after a pause. */
  asDrawn(depot: { facts: DepotFacts; site: Site; vehicles: Sleeper[] }, needs: Need[]): Promise<Need[]>
}

/** Looks at each plan what vehicles draw of what they are given. Forgotten with the process: then it is seen again within minutes. */
export function makeDrawn(ctx: Ctx): Drawn {
  const ports = new Map<string, Drawing>()
  return {
    async asDrawn({ facts, site, vehicles }, needs) {
      const rows = new Map(site.ports.map((row) => [row.id, row]))
      const sessions = new Map(site.sessions.map((session) => [session.id, session]))
      const caps = new Map<string, Watts>()
      const neverPause = new Set<string>()
      for (const port of facts.ports) {
        const { powerW, powerAt } = rows.get(port.id)!
        const session = sessions.get(port.sessions[0] ?? -1)
        const seen = powerW === null || powerAt === undefined ? undefined : { powerW, at: powerAt, energyWh: session?.energyWh ?? 0 }
        const after = drawing(ports.get(port.id), port, seen, facts.now)
        if (!after) {
          ports.delete(port.id)
          continue
        }
        const fresh = after.asleep && !ports.get(port.id)?.asleep
        ports.set(port.id, after)
        if (after.capW !== undefined) caps.set(port.id, after.capW)
        const vehicle = vehicles.find(({ id }) => id === session?.vehicleId)
        if (fresh && vehicle && (vehicle.socPct ?? 0) < FULL_PCT) {
          neverPause.add(vehicle.id)
          if (!isKnown(vehicle, facts.now)) await mark(site.depot.id, vehicle.id, port.id)
        }
      }
      const own = new Set(vehicles.map(({ id }) => id))
      const phases = new Map(facts.ports.map(({ id, points }) => [id, points.circuit.phases]))
      // a limit of three phases halves what a vehicle on one of them takes: only who uses all of its port leaves the rest to others
      const usesAll = ({ id, port, phases: used }: Need) => own.has(id) && used >= (phases.get(port ?? '') ?? 1)
      return needs.map((need) => ({
        ...need,
        maxW: usesAll(need) ? (Math.min(need.maxW, caps.get(need.port ?? '') ?? need.maxW) as Watts) : need.maxW,
        mayPause: need.mayPause && !neverPause.has(need.id),
      }))
    },
  }

  async function mark(depotId: string, vehicleId: string, portId: string): Promise<void> {
    await writeNeverPause(ctx.db.prisma, vehicleId, ctx.clock.now())
    const entry = { depotId, actor: 'system', kind: 'vehicle.neverPause', subject: `vehicle:${vehicleId}`, data: { portId } }
    await writeJournal(ctx.db.prisma, ctx.clock, entry)
  }
}

const isKnown = ({ neverPauseSince }: Sleeper, now: number): boolean =>
  neverPauseSince !== undefined && now - neverPauseSince <= NEVER_PAUSE_MS
