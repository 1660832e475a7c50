import type { z } from 'zod'
import type { PortView } from '#lib/api/board.ts'
import type { ChargerRow, getCharger, getChargers } from '#lib/api/charger.ts'
import { notFound } from '#lib/api/problem.ts'
import { type Mark, marks } from '#lib/api/words.ts'
import { type ChargerViewRow, chargerRows, limitRows, nodeRows } from '#server/store/charger-view.ts'
import { knockingRows } from '#server/store/fleet-view.ts'
import { newChargersOf, retiredChargers } from '#server/store/provisioning.ts'
import { depotPortRows } from '#server/store/view.ts'
import { portView } from './port-view.ts'
import { type Seeing, surroundings, theDepot } from './views.ts'

/** Chargers with their state, and who was turned away at the door. @throws Problem `not-found` */
export async function chargersView(ctx: Seeing, depotId: string): Promise<z.output<(typeof getChargers)['output']>> {
  const [chargers, ports, knocking, nodes, retired, newChargers] = await Promise.all([
    chargerRows(ctx.db, depotId),
    portsOf(ctx, depotId),
    knockingRows(ctx.db, depotId),
    nodeRows(ctx.db, depotId),
    retiredChargers(ctx.db.prisma, depotId),
    newChargersOf(ctx.db.prisma, depotId),
  ])
  const whole = (at: number) => Math.round(at)
  return {
    chargers: chargers.map((charger) => shownCharger(charger, ports)),
    knocking: knocking.map((row) => ({ ...row, firstAt: whole(row.firstAt), lastAt: whole(row.lastAt) })),
    nodes,
    retired,
    newChargers,
  }
}

/** One charger: what it is, its configuration, its quirks, the last limits, and why a person cannot do something now. @throws Problem `not-found` */
export async function chargerView(ctx: Seeing, depotId: string, id: string): Promise<z.output<(typeof getCharger)['output']>> {
  const charger = await theCharger(ctx, depotId, id)
  const [ports, limits] = await Promise.all([portsOf(ctx, depotId), limitRows(ctx.db, id, 50)])
  const own = ports.filter((port) => port.chargerId === id)
  return {
    ...shownCharger(charger, ports),
    bootedAt: charger.bootedAt,
    clockOffsetMs: charger.clockOffsetMs,
    quirks: charger.quirks,
    configuration: configurationOf(charger.configuration),
    limits,
    whyNot: whyNot(charger, own),
  }
}

export async function theCharger(ctx: Seeing, depotId: string, id: string): Promise<ChargerViewRow> {
  const [charger] = await chargerRows(ctx.db, depotId, id)
  if (!charger) throw notFound('charger', id)
  return charger
}

async function portsOf(ctx: Seeing, depotId: string): Promise<PortView[]> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [rows, around] = await Promise.all([depotPortRows(ctx.db, depotId, now), surroundings(ctx, depot)])
  return rows.map((row) => portView(row, around, now))
}

/** A charger shows the worst of its ports. */
function shownCharger(charger: ChargerViewRow, all: PortView[]): ChargerRow {
  const { id, identity, name, vendor, model, serial, firmware, protocol, online, seenAt, problem: trouble, circuit } = charger
  const ports = all.filter((port) => port.chargerId === id)
  const worst = ports.toSorted((a, b) => marks.indexOf(a.mark) - marks.indexOf(b.mark))[0]
  const own: { mark: Mark; word: string } =
    charger.registration === 'pending'
      ? { mark: 'caution', word: online ? 'Waits for approval' : 'To be approved' }
      : charger.registration === 'rejected'
        ? { mark: 'off', word: 'Rejected' }
        : !online && seenAt === null
          ? { mark: 'off', word: 'Never seen' }
          : !online
            ? { mark: 'serious', word: 'Offline' }
            : trouble
              ? { mark: 'serious', word: 'Not set up' }
              : worst?.needsAction
                ? { mark: worst.mark, word: worst.word }
                : { mark: 'normal', word: 'Online' }
  return {
    id,
    identity,
    name,
    vendor,
    model,
    serial,
    firmware,
    protocol,
    ...own,
    online,
    seenAt,
    ports: ports.map(({ id: portId, number, bay, mark, word, powerW }) => ({ id: portId, number, bay, mark, word, powerW })),
    commissioned: charger.commissionedAt !== null,
    problem: trouble,
    circuit,
    group: charger.group,
    registration: charger.registration,
  }
}

/** As GetConfiguration told it; nothing before the first commissioning. */
const configurationOf = (stored: unknown): { key: string; value: string | null; readonly: boolean }[] =>
  (Array.isArray(stored) ? (stored as { key: string; value?: string | null; readonly?: boolean }[]) : [])
    .map(({ key, value, readonly }) => ({ key, value: value ?? null, readonly: readonly === true }))
    .sort((a, b) => a.key.localeCompare(b.key))

const whyNot = ({ online }: ChargerViewRow, ports: PortView[]) => {
  if (!online) return { start: OFFLINE, stop: OFFLINE, reset: OFFLINE }
  const stopped = ports.some(({ word }) => word === 'Stopped')
  return {
    start: stopped
      ? 'Everything is stopped. Lift it first.'
      : ports.every(({ session }) => session !== null)
        ? 'Every port has a session.'
        : ports.some(({ session, vehicle }) => session === null && vehicle?.plugged)
          ? null
          : 'Nothing is plugged in.',
    stop: ports.some(({ session }) => session !== null) ? null : 'There is no session to stop.',
    reset: null,
  }
}
const OFFLINE = 'The charger cannot be reached.'
