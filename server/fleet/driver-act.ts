import type { z } from 'zod'
import type { ChargerAct } from '#lib/api/charger.ts'
import type { driverAct as driverActDoor } from '#lib/api/driver.ts'
import { assertNever, notFound, problem } from '#lib/api/problem.ts'
import { nearText } from '#lib/format/time.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import type { Person } from '#server/auth/who.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import { portOfVehicle } from '#server/planning/vehicles-at.ts'
import type { Runtime } from '#server/runtime.ts'
import { vehicleById } from '#server/store/dispatch.ts'
import { writeJournal } from '#server/store/journal.ts'
import { type PortRow, readSite } from '#server/store/site.ts'
import { vehiclesOf } from '../live/driver-view.ts'
import { theDepot } from '../live/views.ts'

type Input = z.output<NonNullable<(typeof driverActDoor)['input']>>
type Outcome = z.output<(typeof driverActDoor)['output']>

/** What a driver asks for the own van. @throws Problem `not-found` for a van that is not theirs, `invalid` for a departure that has passed */
export async function driverAct(ctx: Runtime, person: Person, input: Input, receivedAt: Instant): Promise<Outcome> {
  const vehicle = (await vehiclesOf(ctx, person)).find(({ id }) => id === input.vehicleId)
  if (!vehicle) throw notFound('vehicle', input.vehicleId)
  const { depotId } = vehicle
  const asked = { depotId, actor: person.actor, source: 'screen', t0: receivedAt, t0FromSource: false, t1: receivedAt }
  switch (input.kind) {
    case 'start':
    case 'stop': {
      const port = await portOf(ctx, depotId, vehicle.id)
      if (!port) return { outcome: 'refused', detail: 'This van has no bay. Ask the yard.' }
      const act: ChargerAct =
        input.kind === 'start' ? { kind: 'start', port: port.number, vehicleId: vehicle.id } : { kind: 'stop', port: port.number }
      const { outcome, detail } = await askGateway(ctx, 'actOnCharger', { ...asked, chargerId: port.chargerId, act })
      return { outcome, detail }
    }
    case 'leaveEarlier': {
      if (input.departsAt <= ctx.clock.now()) throw problem('invalid', 'This moment has passed.', { departsAt: 'Choose a later time.' })
      const { zone } = await theDepot(ctx, depotId)
      await askGateway(ctx, 'departure', { ...asked, vehicleId: vehicle.id, departsAt: input.departsAt })
      const when = nearText(instant(input.departsAt), ctx.clock.now(), zone)
      return { outcome: 'accepted', detail: `The plan now aims at ${when}. See here whether it will be ready.` }
    }
    case 'problem': {
      const data = { text: input.text, vehicle: vehicle.name }
      await writeJournal(ctx.db.prisma, ctx.clock, { depotId, actor: person.actor, kind: 'review.driverReport', subject: vehicle.id, data })
      ctx.feed.publish({ kind: 'changed', depotId, what: 'alerts' })
      return { outcome: 'accepted', detail: 'The yard has your report.' }
    }
    default:
      return assertNever(input)
  }
}

async function portOf({ db }: Runtime, depotId: string, vehicleId: string): Promise<PortRow | undefined> {
  const [site, vehicle] = await Promise.all([readSite(db.prisma, depotId), vehicleById(db.prisma, vehicleId)])
  const portId = site && vehicle ? portOfVehicle(site, vehicle) : undefined
  return site?.ports.find(({ id }) => id === portId)
}
