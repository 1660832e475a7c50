import { randomUUID } from 'node:crypto'
import type { CommandView } from '#lib/api/dispatch.ts'
import { notFound, problem } from '#lib/api/problem.ts'
import { CHARGE_FIRST } from '#lib/fleet/need.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { startSession, whyNotStart } from '../charging/start-session.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { portOfVehicle } from '../planning/vehicles-at.ts'
import { type CommandRow, findCommand } from '../store/command.ts'
import { addDuty, moveDuty, nextDuty } from '../store/duty.ts'
import { writeJournal } from '../store/journal.ts'
import { type PortRow, readSite, type Site } from '../store/site.ts'
import { readVehicles, type VehicleRow, writePortCap, writePriority } from '../store/vehicle.ts'

/** Who asks, when, and since when (kpis 3.4): `t0` of the source or of receipt, `t1` at the API's edge; real time. */
export type Asked = { id?: string; depotId: string; actor: string; source: string; t0?: Instant; t0FromSource?: boolean; t1?: Instant }
export type CommandInput = Asked &
  (
    | { kind: 'start' | 'stop'; vehicleId?: string; portId?: string }
    | { kind: 'limit'; portId: string; limitW: number; until?: Instant }
    | { kind: 'prioritise'; vehicleId: string; priority: number; until: Instant }
    | { kind: 'departure'; vehicleId: string; departsAt: Instant; minSocPct?: number }
  )

/**
 * Start, stop, limit, prioritise, move a departure: stores the command (t2) and the need, decides (t3), and lets it take its way.
 * Returns once the charger was told or the plan needs nothing of it; what became of it is read with its id.
 * @throws Problem not-found, invalid
 */
export async function command(gateway: Gateway, input: CommandInput): Promise<CommandView> {
  const known = input.id === undefined ? undefined : await findCommand(gateway.db.prisma, input.id)
  if (known) return known
  const site = await readSite(gateway.db.prisma, input.depotId)
  if (!site) throw notFound('depot', input.depotId)
  const target = await targetOf(gateway, site, input)
  const row = await begin(gateway, input, target)
  await writeJournal(gateway.db.prisma, gateway.clock, {
    depotId: input.depotId,
    actor: input.actor,
    kind: `command.${input.kind}`,
    subject: target.vehicle?.id ?? target.port?.id ?? input.depotId,
    data: { commandId: row.id, ...input },
  })
  if (input.kind === 'start') await start(gateway, site, row, target)
  else if (input.kind === 'stop') await stop(gateway, site, row, target)
  else await throughPlan(gateway, row, () => storeNeed(gateway, input, target))
  await gateway.commands.idle()
  return (await findCommand(gateway.db.prisma, row.id))!
}

type Target = { vehicle: VehicleRow | undefined; port: PortRow | undefined }

/** The vehicle and the port that are meant. */
async function targetOf(gateway: Gateway, site: Site, input: CommandInput): Promise<Target> {
  const vehicleId = 'vehicleId' in input ? input.vehicleId : undefined
  const portId = 'portId' in input ? input.portId : undefined
  const vehicle = vehicleId === undefined ? undefined : (await readVehicles(gateway.db.prisma, { id: vehicleId }))[0]
  if (vehicleId !== undefined && vehicle?.depotId !== site.depot.id) throw notFound('vehicle', vehicleId)
  const at = portId ?? (vehicle && portOfVehicle(site, vehicle))
  const port = site.ports.find(({ id }) => id === at)
  if (portId !== undefined && !port) throw notFound('port', portId)
  if ((input.kind === 'start' || input.kind === 'stop') && !port) throw problem('invalid', 'Name a port, or a vehicle that has one.')
  return { vehicle, port }
}

async function storeNeed(gateway: Gateway, input: CommandInput, { vehicle, port }: Target): Promise<void> {
  const db = gateway.db.prisma
  const now = gateway.clock.now()
  if (input.kind === 'limit') await writePortCap(db, port!.id, { limitW: input.limitW, until: input.until ?? null, by: input.actor })
  if (input.kind === 'prioritise')
    await writePriority(db, input.vehicleId, Math.min(CHARGE_FIRST, input.priority), input.until, input.actor)
  if (input.kind === 'departure') {
    const socWh = input.minSocPct === undefined ? undefined : Math.round((vehicle!.batteryWh * input.minSocPct) / 100)
    const duty = await nextDuty(db, input.vehicleId, now)
    if (duty) await moveDuty(db, duty, input.departsAt, now, socWh)
    else await addDuty(db, input.vehicleId, input.departsAt, socWh ?? Math.round((vehicle!.batteryWh * vehicle!.targetSocPct) / 100), now)
  }
}

export async function begin(
  gateway: Gateway,
  { id, depotId, actor, source, t0, t0FromSource, t1, kind, ...rest }: Asked & { kind: string },
  { vehicle, port, chargerId }: Partial<Target> & { chargerId?: string },
): Promise<CommandRow> {
  const real = gateway.clock.real()
  return gateway.commands.begin({
    id: id ?? randomUUID(),
    depotId,
    kind,
    vehicleId: vehicle?.id ?? null,
    portId: port?.id ?? null,
    chargerId: chargerId ?? port?.chargerId ?? null,
    input: rest,
    source,
    actor,
    at: gateway.clock.now(),
    t0: t0 ?? t1 ?? real,
    t0FromSource: t0FromSource ?? false,
    t1: t1 ?? real,
    t2: instant(Math.max(real, t1 ?? real)),
  })
}

async function start(gateway: Gateway, site: Site, row: CommandRow, { vehicle, port }: Target): Promise<void> {
  const open = site.sessions.find(({ portId, elsewhere }) => portId === port!.id && !elsewhere)
  if (open) return gateway.commands.end(row.id, 'noop', 'A session is open at this port already.')
  const reason = whyNotStart(gateway, site, port!)
  if (reason !== undefined) return gateway.commands.end(row.id, gateway.links.online(port!.chargerId) ? 'rejected' : 'failed', reason)
  await gateway.commands.planned(row.id)
  const onSent = () => gateway.commands.sent(row.id)
  const vehicleId = vehicle?.id
  await gateway.commands.answered(row.id, await startSession(gateway, { depotId: site.depot.id, port: port!, vehicleId }, { onSent }))
}

async function stop(gateway: Gateway, site: Site, row: CommandRow, { port }: Target): Promise<void> {
  const open = site.sessions.find(({ portId }) => portId === port!.id)
  if (!open) return gateway.commands.end(row.id, 'noop', 'No session is open at this port.')
  await gateway.commands.planned(row.id)
  const onSent = () => gateway.commands.sent(row.id)
  await gateway.commands.answered(row.id, await gateway.links.call(port!.chargerId, { kind: 'remoteStop', sessionId: open.id }, { onSent }))
}

/** Limit, priority, departure: a new plan, then the first changed limit of the port (t4, t5), then its effect (t6). */
async function throughPlan(gateway: Gateway, row: CommandRow, before: () => Promise<void>): Promise<void> {
  await gateway.replanner.now(row.depotId, WORDS[row.kind] ?? row.kind, {
    // no other plan can see the need before this one does: what changes for it is this command's
    before,
    decided: () => gateway.commands.planned(row.id),
    stored: () => gateway.commands.stored(row.id),
  })
}

const WORDS: Record<string, string> = {
  limit: 'a port was limited',
  prioritise: 'a vehicle goes first',
  departure: 'a departure was moved',
}
