import type { z } from 'zod'
import type { CommandView, newCommand, putDeparture, putVehicleState } from '#lib/api/dispatch.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { days, type Instant, instant, minutes } from '#lib/time/instant.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import { askGateway } from '#server/http/ask-gateway.ts'
import type { Runtime } from '#server/runtime.ts'
import { findCommand } from '#server/store/command.ts'
import { depotOfCommand, portById, vehicleById } from '#server/store/dispatch.ts'
import { issued } from './source-clock.ts'

// The doors of telematics and dispatch: find the thing, check that it is theirs, stamp, hand to the gateway (source: spec "kpis" 3.4).

type Asking = { ctx: Runtime; who: Who; receivedAt: Instant }

/** A vehicle's clock may be ahead by so much; a state from the future would shut out every later one. */
const AHEAD_MS = minutes(2)

/** @throws Problem `not-found`, `invalid` for a state from the future */
export async function takeVehicleState(
  { ctx, who, receivedAt }: Asking,
  id: string,
  { at, ...state }: z.output<NonNullable<(typeof putVehicleState)['input']>>,
): Promise<z.output<(typeof putVehicleState)['output']>> {
  const vehicle = await theirVehicle(ctx, who, id)
  const stateAt = instant(at)
  if (stateAt > ctx.clock.now() + AHEAD_MS)
    throw problem('invalid', 'at: this moment is in the future. Check the clock of the source.', { at: 'In the future.' })
  const input = { ...state, vehicleId: id, depotId: vehicle.depotId, at: stateAt, receivedAt, actor: who.actor }
  return askGateway(ctx, 'vehicleState', input)
}

/** @throws Problem `not-found`, `invalid` for a departure that has passed, or is more than a week ahead */
export async function takeDeparture(
  { ctx, who, receivedAt }: Asking,
  id: string,
  input: z.output<NonNullable<(typeof putDeparture)['input']>>,
): Promise<{ commandId: string }> {
  const vehicle = await theirVehicle(ctx, who, id)
  const departsAt = instant(input.departsAt)
  const now = ctx.clock.now()
  if (departsAt <= now) throw problem('invalid', 'departsAt: this moment has passed.', { departsAt: 'In the past.' })
  if (departsAt - now > REACH_MS)
    throw problem('invalid', 'departsAt: a plan looks at the next days only. Give a departure within a week.', {
      departsAt: 'Within a week.',
    })
  const { minSocPct } = input
  return askGateway(ctx, 'departure', {
    vehicleId: id,
    depotId: vehicle.depotId,
    departsAt,
    minSocPct,
    actor: who.actor,
    source: 'api',
    ...(await issued(ctx, who.actor, momentOf(input.issuedAt), receivedAt)),
  })
}

/** So far ahead a departure may be moved: a later one is another duty. */
const REACH_MS = days(7)
/** A command that nobody remembers must not hold a port for years. */
const LONGEST_MS = days(366)

function refuseEnd(until: Instant, now: Instant): void {
  if (until <= now) throw problem('invalid', 'until: this moment has passed. Give one that is to come.', { until: 'In the past.' })
  if (until - now > LONGEST_MS)
    throw problem('invalid', 'until: more than a year ahead. What is to hold for good is a setting of the port or its circuit.', {
      until: 'At most a year ahead.',
    })
}

/** `commandId` is the same for a repeat: a command that is there already is told, not done again. @throws Problem `not-found`, `invalid` for an end that has passed */
export async function takeCommand(
  { ctx, who, receivedAt }: Asking,
  input: z.output<typeof newCommand>,
  commandId: string,
): Promise<CommandView> {
  const existing = await findCommand(ctx.db.prisma, commandId)
  if (existing) return existing
  const depotId = await depotOfTarget(ctx, who, input)
  if ('until' in input && input.until !== undefined) refuseEnd(instant(input.until), ctx.clock.now())
  const { issuedAt, ...command } = input
  const asked = {
    id: commandId,
    depotId,
    actor: who.actor,
    source: 'api',
    ...(await issued(ctx, who.actor, momentOf(issuedAt), receivedAt)),
  }
  switch (command.kind) {
    case 'limit':
      return askGateway(ctx, 'command', { ...command, ...asked, until: command.until === undefined ? undefined : instant(command.until) })
    case 'prioritise':
      return askGateway(ctx, 'command', { ...command, ...asked, until: instant(command.until) })
    default:
      return askGateway(ctx, 'command', { ...command, ...asked })
  }
}

/** @throws Problem `not-found`, also for a command of a depot that is not theirs */
export async function oneCommand({ ctx, who }: Pick<Asking, 'ctx' | 'who'>, id: string): Promise<CommandView> {
  const depotId = await depotOfCommand(ctx.db.prisma, id)
  const command = depotId !== null && seesDepot(who, depotId) ? await findCommand(ctx.db.prisma, id) : undefined
  if (!command) throw notFound('command', id)
  return command
}

const momentOf = (text: string | undefined): Instant | undefined => (text === undefined ? undefined : instant(text))

async function depotOfTarget(ctx: Runtime, who: Who, target: { vehicleId?: string; portId?: string }): Promise<string> {
  const { vehicleId, portId } = target
  if (!vehicleId && !portId) throw problem('invalid', 'Name the vehicleId or the portId.', { vehicleId: 'Or portId.' })
  const depots = new Set<string>()
  if (vehicleId) depots.add((await theirVehicle(ctx, who, vehicleId)).depotId)
  if (portId) depots.add((await theirPort(ctx, who, portId)).depotId)
  if (depots.size > 1) throw problem('invalid', 'The vehicle and the port are of different depots.', { portId: 'Of another depot.' })
  return [...depots][0]!
}

/** What is not theirs is answered in the same words as what is not there. */
export async function theirVehicle(ctx: Runtime, who: Who, id: string) {
  const vehicle = await vehicleById(ctx.db.prisma, id)
  if (!vehicle || !seesDepot(who, vehicle.depotId)) throw notFound('vehicle', id)
  return vehicle
}

async function theirPort(ctx: Runtime, who: Who, id: string) {
  const port = await portById(ctx.db.prisma, id)
  if (!port || !seesDepot(who, port.depotId)) throw notFound('port', id)
  return port
}
