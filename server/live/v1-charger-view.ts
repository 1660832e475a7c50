import type { z } from 'zod'
import { problem } from '#lib/api/problem.ts'
import type { listCalls, listChargers, listMessages, listTransactions, readCharger, V1Charger } from '#lib/api/v1-charger.ts'
import { type Instant, instant } from '#lib/time/instant.ts'
import { seesDepot, type Who } from '#server/auth/who.ts'
import { theirCharger } from '#server/charging/their-charger.ts'
import { refuseForeignDepot } from '#server/http/route.ts'
import type { Runtime } from '#server/runtime.ts'
import { callRecords } from '#server/store/call.ts'
import { itemsOf } from '#server/store/configuration.ts'
import {
  chargerByName,
  messageRows,
  momentOf,
  transactionRows,
  type WholeCharger,
  wholeCharger,
  wholeChargers,
} from '#server/store/v1-charger.ts'

import { rotationView } from './provisioning-view.ts'

// What other systems read of chargers. Moments of real sockets are depot time, as everywhere.

type Asking = { ctx: Runtime; who: Who }
type Given<C extends { input?: z.ZodType }> = z.output<NonNullable<C['input']>>

/** @throws Problem `not-found` for a depot that is not theirs, `invalid` for a cursor that is none of ours */
export async function v1Chargers(
  { ctx, who }: Asking,
  input: Given<typeof listChargers>,
): Promise<z.input<(typeof listChargers)['output']>> {
  if (input.depot !== undefined) refuseForeignDepot(who, input.depot)
  const theirs = who.kind === 'nobody' ? [] : who.depots
  const { depot, search, retired, cursor, take } = input
  const depots = depot === undefined ? theirs : [depot]
  if (cursor !== undefined) await refuseStrangeCursor({ ctx, who }, cursor)
  const filter = { depots, retired, take: take + 1, ...(search && { search }), ...(cursor && { after: cursor }) }
  const rows = await wholeChargers(ctx.db.prisma, filter)
  const items = rows.slice(0, take)
  return { items: items.map((row) => shown(ctx, row)), next: rows.length > take ? items.at(-1)!.id : null }
}

/** @throws Problem `not-found` */
export async function v1Charger({ ctx, who }: Asking, name: string): Promise<z.input<(typeof readCharger)['output']>> {
  const row = await wholeCharger(ctx.db.prisma, (await theirCharger(ctx, who, name)).id)
  return {
    ...shown(ctx, row),
    clockOffsetMs: row.clockOffsetMs,
    configuration: itemsOf(row.configuration).toSorted((a, b) => a.key.localeCompare(b.key)),
    configurationAt: momentOf(row.configurationAt),
    quirks: (row.quirks ?? {}) as Record<string, unknown>,
    localListVersion: row.localListVersion,
    bentTimes: Number(row.bentTimes),
    keyIssuedAt: momentOf(row.keyIssuedAt),
    rotation: rotationView(row),
  }
}

/** @throws Problem `not-found`, `invalid` for a cursor that is none of ours */
export async function v1Messages(
  { ctx, who }: Asking,
  name: string,
  { search, action, direction, since, until, cursor, take }: Given<typeof listMessages>,
): Promise<z.input<(typeof listMessages)['output']>> {
  const { id } = await theirCharger(ctx, who, name)
  const before = cursor === undefined ? undefined : fromCursor(cursor, MESSAGE)
  const rows = await messageRows(ctx.db, id, {
    take: take + 1,
    ...(search && { search }),
    ...(action && { action }),
    ...(direction && { direction }),
    ...span(since, until),
    ...(before && { before: { at: before.at, id: BigInt(before.id) } }),
  })
  const items = rows.slice(0, take).map((row) => ({ ...row, at: Math.round(row.at) }))
  const last = items.at(-1)
  return { items, next: rows.length > take && last ? `${last.at}.${last.id}` : null }
}

/** @throws Problem `not-found`, `invalid` */
export async function v1Transactions(
  { ctx, who }: Asking,
  name: string,
  { since, until, open, cursor, take }: Given<typeof listTransactions>,
): Promise<z.input<(typeof listTransactions)['output']>> {
  const { id } = await theirCharger(ctx, who, name)
  const before = cursor === undefined ? undefined : fromCursor(cursor, TRANSACTION)
  const rows = await transactionRows(ctx.db.prisma, id, {
    take: take + 1,
    ...span(since, until),
    ...(open === undefined ? {} : { open }),
    ...(before && { before: { at: before.at, id: Number(before.id) } }),
  })
  const items = rows.slice(0, take)
  const last = items.at(-1)
  return {
    items: items.map((row) => ({
      id: row.id,
      port: row.port.number,
      portId: row.portId,
      idTag: row.idTag,
      tokenId: row.tokenId,
      vehicleId: row.vehicleId,
      driverId: row.driverId,
      startedAt: instant(row.startedAt),
      stoppedAt: momentOf(row.stoppedAt),
      meterStartWh: Number(row.meterStartWh),
      meterStopWh: row.meterStopWh === null ? null : Number(row.meterStopWh),
      energyWh: Number(row.energyWh),
      stopReason: row.stopReason,
      cost:
        row.tariffId === null && row.costMinor === 0n
          ? null
          : { minor: Number(row.costMinor), currency: row.currency, estimated: row.costEstimated },
      flags: row.flags,
    })),
    next: rows.length > take && last ? `${instant(last.startedAt)}.${last.id}` : null,
  }
}

/** @throws Problem `not-found`, `invalid` */
export async function v1Calls(
  { ctx, who }: Asking,
  name: string,
  { cursor, take }: Given<typeof listCalls>,
): Promise<z.input<(typeof listCalls)['output']>> {
  const { id } = await theirCharger(ctx, who, name)
  const before = cursor === undefined ? undefined : fromCursor(cursor, COMMAND)
  const rows = await callRecords(ctx.db.prisma, id, { before, take: take + 1, now: ctx.clock.real() })
  const items = rows.slice(0, take)
  const last = items.at(-1)
  return { items, next: rows.length > take && last ? `${last.at}.${last.commandId}` : null }
}

const span = (since: string | undefined, until: string | undefined): { since?: Instant; until?: Instant } => ({
  ...(since !== undefined && { since: instant(since) }),
  ...(until !== undefined && { until: instant(until) }),
})

/** A page of chargers ends with one of theirs, which may have been retired since. */
const refuseStrangeCursor = async ({ ctx, who }: Asking, cursor: string): Promise<void> => {
  const charger = await chargerByName(ctx.db.prisma, cursor)
  if (charger?.id !== cursor || !seesDepot(who, charger.depotId)) throw notOurs()
}

/** The end of a page, as its `next` told it. @throws Problem `invalid` */
const fromCursor = (cursor: string, id: RegExp): { at: Instant; id: string } => {
  const dot = cursor.indexOf('.')
  const [at, rest] = [cursor.slice(0, dot), cursor.slice(dot + 1)]
  if (!/^\d{1,15}$/.test(at) || !id.test(rest)) throw notOurs()
  return { at: instant(Number(at)), id: rest }
}
const MESSAGE = /^\d{1,18}$/
const TRANSACTION = /^\d{1,9}$/
const COMMAND = /^[\w-]{1,40}$/
const notOurs = () =>
  problem('invalid', 'cursor: this is none of ours. Send the `next` of the page before, or leave it out to begin anew.', {
    cursor: 'Send the `next` of the page before.',
  })

/** The socket's end knows best whether it is open; the record is what the screens say too. */
export const shown = ({ links }: Pick<Runtime, 'links'>, row: WholeCharger): V1Charger => ({
  id: row.id,
  identity: row.identity,
  depotId: row.depotId,
  nodeId: row.nodeId,
  name: row.name,
  group: row.groupName,
  vendor: row.vendor,
  model: row.model,
  serial: row.serial,
  firmware: row.firmware,
  protocol: row.protocol,
  pinnedProtocol: row.pinnedProtocol,
  registration: row.registration,
  registrationRetryS: row.registrationRetryS,
  securityProfile: row.securityProfile,
  connectedProfile: row.connectedProfile,
  lenient: row.lenient,
  maxW: row.maxW,
  online: links.online(row.id) || row.connectedAt !== null,
  seenAt: momentOf(row.seenAt),
  bootedAt: momentOf(row.bootedAt),
  commissionedAt: momentOf(row.commissionedAt),
  problem: row.commissionProblem,
  retiredAt: momentOf(row.retiredAt),
  ports: row.ports.map((port) => ({
    id: port.id,
    number: port.number,
    bay: port.bay,
    status: port.status,
    statusAt: momentOf(port.statusAt),
    errorCode: port.errorCode,
    maxW: port.maxW,
    minW: port.minW,
    phases: port.phases,
    volts: port.volts,
    wiring: port.wiring,
    powerW: port.powerW,
    held: port.heldReason,
    transactionId: port.sessions[0]?.id ?? null,
  })),
})
