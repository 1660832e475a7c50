import { randomUUID } from 'node:crypto'
import { problem } from '#lib/api/problem.ts'
import type { PortInput } from '#lib/api/provisioning.ts'
import { conductorsOf } from '#lib/planning/phase-parts.ts'
import { checkRoom, refuseOver } from '#server/planning/room-check.ts'
import { checkTree, refuseWorse } from '#server/planning/tree-check.ts'
import type { Ctx } from '#server/runtime.ts'
import { freeNumbers, insertPort, removePort, replaceConnectors, updatePort } from '#server/store/charger-ports.ts'
import type { Db } from '#server/store/database.ts'
import { writeJournal } from '#server/store/journal.ts'
import { type ProvisionedCharger, updateCharger } from '#server/store/provisioning.ts'
import { lockDepot } from '#server/store/site.ts'
import { bayKey, refuseTakenBays } from './bay-check.ts'
import { theCharger } from './change-charger.ts'
import { portPowers } from './new-charger.ts'

/**
 * The ports of a charger as they shall be. One with an open session is never removed, nor given another number; the books of a removed one
 * stay. A port whose electrics change counts with its nameplate until its fallback is accepted anew, and the site must have room for that.
 * @throws Problem `not-found`, `invalid`, `conflict`
 */
export async function changePorts(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId }: { depotId: string; chargerId: string },
  ports: PortInput[],
  actor: string,
): Promise<void> {
  refuseNumbers(ports)
  await ctx.db.prisma.$transaction(
    async (db) => {
      await lockDepot(db, depotId)
      const charger = await theCharger(db, depotId, chargerId)
      refuseStrangers(charger, ports)
      const now = ctx.clock.now()
      const gone = charger.ports.filter(({ id }) => !ports.some((port) => port.id === id))
      refuseInUse(charger, gone, ports)
      const given = ports.map(({ bay }) => bay).filter((bay) => !charger.ports.some((port) => bayKey(port.bay) === bayKey(bay)))
      await refuseTakenBays(db, depotId, given, 'ports')
      const tree = await checkTree(db, depotId, now)
      const room = await checkRoom(db, depotId, now)
      for (const port of gone) await removePort(db, charger, port.id, now)
      await freeNumbers(db, chargerId)
      for (const [index, port] of ports.entries()) await put(db, charger, port, index)
      const most = Math.max(...ports.map(({ maxKw }) => Math.round(maxKw * 1000)))
      // a port that may give more than the charger as a whole was registered with raises it
      if (most > charger.maxW) await updateCharger(db, chargerId, { maxW: most })
      refuseWorse(tree, await checkTree(db, depotId, now))
      refuseOver(room, await checkRoom(db, depotId, now), 'With these ports')
      const after = ports.map(({ id: _, ...port }) => port)
      const before = charger.ports.map(({ number, bay, maxW, minW, phases, volts, wiring }) => ({
        number,
        bay,
        maxW,
        minW,
        phases,
        volts,
        wiring,
      }))
      await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.portsChanged', subject: chargerId, data: { before, after } })
    },
    { timeout: 20_000 },
  )
}

/** A 1.6 charger counts its connectors from 1 without a gap. */
function refuseNumbers(ports: PortInput[]): void {
  const numbers = ports.map(({ number }) => number).toSorted((a, b) => a - b)
  if (numbers.some((number, i) => number !== i + 1))
    throw problem('invalid', `Ports are numbered 1 to ${ports.length}, each once, as the charger counts its connectors.`, {
      ports: 'Number them from 1 without a gap.',
    })
  const bays = new Set(ports.map(({ bay }) => bayKey(bay)))
  if (bays.size < ports.length) throw problem('invalid', 'Two ports have the same bay.', { ports: 'A bay each.' })
  for (const { connectors = [], number } of ports)
    if (new Set(connectors.map((each) => each.number)).size < connectors.length)
      throw problem('invalid', `Port ${number}: two connectors have the same number.`, { ports: `Port ${number}: number its connectors.` })
}

function refuseStrangers(charger: ProvisionedCharger, ports: PortInput[]): void {
  const given = ports.flatMap(({ id }) => id ?? [])
  const strange = given.find((id) => !charger.ports.some((port) => port.id === id))
  if (strange !== undefined) throw problem('not-found', `${charger.name} has no port "${strange}" any more. Look at its ports again.`)
  if (new Set(given).size < given.length) throw problem('invalid', 'The same port is there twice.', { ports: 'Each once.' })
}

function refuseInUse(charger: ProvisionedCharger, gone: ProvisionedCharger['ports'], ports: PortInput[]): void {
  const used = new Set(charger.open.map(({ portId }) => portId))
  const removed = gone.find(({ id }) => used.has(id))
  if (removed)
    throw problem('conflict', `A session is open at ${removed.bay}: stop it, then remove the port. Nothing was changed.`, {
      ports: `${removed.bay} is in use.`,
    })
  const moved = ports.find(
    ({ id, number }) => id !== undefined && used.has(id) && charger.ports.find((port) => port.id === id)!.number !== number,
  )
  if (moved)
    throw problem('conflict', `A session is open at ${moved.bay}: stop it, then give the port another number. Nothing was changed.`, {
      ports: `${moved.bay} is in use.`,
    })
}

async function put(
  db: Db,
  charger: ProvisionedCharger,
  { id, number, bay, connectors, lines, ...electrics }: PortInput,
  index: number,
): Promise<void> {
  const powers = powersOf(electrics, index)
  refuseLines(lines, powers, index)
  const known = charger.ports.find((port) => port.id === id)
  // lines of another number of conductors say nothing any more
  const stale = known?.lines != null && known.lines.split(' ').length !== conductorsOf(powers)
  const told = lines === undefined ? (stale ? { lines: null } : {}) : { lines }
  const portId = known?.id ?? randomUUID()
  if (known) {
    const doubt =
      (['maxW', 'minW', 'phases', 'volts', 'wiring'] as const).some((fact) => known[fact] !== powers[fact]) || known.number !== number
    await updatePort(db, portId, { number, bay, ...powers, ...told }, doubt)
  } else await insertPort(db, charger.id, portId, { number, bay, ...powers, ...told })
  if (connectors !== undefined || !known) await replaceConnectors(db, portId, connectors ?? [{ number: 1, standard: 'unknown' }])
}

function refuseLines(lines: string | null | undefined, powers: ReturnType<typeof portPowers>, index: number): void {
  const conductors = conductorsOf(powers)
  if (lines == null || lines.split(' ').length === conductors) return
  throw problem(
    'invalid',
    `Port ${index + 1}: it is connected to ${conductors} of the site’s lines, and ${lines.toUpperCase()} are named.`,
    {
      ports: `Port ${index + 1}: name ${conductors} of L1, L2 and L3.`,
    },
  )
}

function powersOf(electrics: Parameters<typeof portPowers>[0], index: number) {
  try {
    return portPowers(electrics)
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^maxKw: /, '') : String(error)
    throw problem('invalid', `Port ${index + 1}: ${said}`, { ports: `Port ${index + 1}: less than the least current gives.` })
  }
}
