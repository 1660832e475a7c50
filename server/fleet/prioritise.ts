import type { CommandView } from '#lib/api/dispatch.ts'
import { changedSince, notFound, problem } from '#lib/api/problem.ts'
import { CHARGE_FIRST } from '#lib/fleet/need.ts'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import type { VerbInputs } from '../gateway/verbs.ts'
import { firstUntil } from '../planning/what-if-apply.ts'
import type { Ctx } from '../runtime.ts'
import { nextDuty } from '../store/duty.ts'
import { readVehicles } from '../store/vehicle.ts'

type Asked = {
  depot: string
  vehicle: string
  first: boolean
  until?: number
  ifStill?: number | undefined
  actor: string
  receivedAt: Instant
}
/** Asks the gateway, where plans are made. */
type Ask = (asked: VerbInputs['command']) => Promise<CommandView>

const LONGEST_MS = days(2)

/**
 * Charges a vehicle before all others until a moment, else until its next departure (at most a day); or ends that. A command like any
 * other: it is kept with its stamps and journalled with who asked. `ifStill`: only while it is first until then.
 * @throws Problem `not-found`, `invalid`, `conflict`
 */
export async function prioritise(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  ask: Ask,
  { depot, vehicle, first, until, ifStill, actor, receivedAt }: Asked,
): Promise<{ ok: true; until: number | null }> {
  const now = ctx.clock.now()
  const [known] = await readVehicles(ctx.db.prisma, { id: vehicle })
  if (known?.depotId !== depot) throw notFound('vehicle', vehicle)
  if (ifStill !== undefined && (known.priority < CHARGE_FIRST || known.priorityUntil !== ifStill))
    throw changedSince('Who is charged first')
  const end = until === undefined ? firstUntil(now, (await nextDuty(ctx.db.prisma, vehicle, now))?.departsAt) : instant(until)
  if (first && (end <= now || end > plus(now, LONGEST_MS)))
    throw problem('invalid', 'First for how long? Name a moment within the next two days.', { until: 'Within two days.' })
  await ask({
    kind: 'prioritise',
    depotId: depot,
    vehicleId: vehicle,
    priority: first ? CHARGE_FIRST : 0,
    until: first ? end : now,
    actor,
    source: 'screen',
    t0: receivedAt,
    t1: receivedAt,
  })
  return { ok: true, until: first ? end : null }
}
