import type { MeView } from '#lib/api/depot.ts'
import type { Person } from '#server/auth/who.ts'
import type { Ctx } from '#server/runtime.ts'
import { depotRows } from '#server/store/view.ts'
import { standing } from './alerts-now.ts'
import { depotClock } from './depot-clock.ts'
import { depotRef } from './views.ts'

/** Who is signed in, the depots that may be seen, the time of the one on the screen (`wanted`, else the first) and how much is broken there. */
export async function meView(ctx: Ctx, person: Person, wanted: string | undefined): Promise<MeView> {
  const { id, name, email, role } = person
  const depots = await depotRows(ctx.db, person.depots)
  const depot = depots.find((each) => each.id === wanted) ?? depots[0]
  // drivers and finance get no alerts: they can do nothing about them
  const works = role === 'admin' || role === 'manager'
  return {
    user: { id, name, email, role },
    depots: depots.map(depotRef),
    clock: depotClock(ctx, depot ?? { zone: 'UTC', demo: ctx.env.demo }),
    alerts: depot && works ? (await standing(ctx, depot)).alerts.length : 0,
  }
}
