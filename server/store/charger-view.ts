import { type Instant, instant } from '#lib/time/instant.ts'
import type { Database } from './database.ts'
import type { Steps } from './limit.ts'

export type ChargerViewRow = {
  id: string
  identity: string
  name: string
  vendor: string | null
  model: string | null
  serial: string | null
  firmware: string | null
  protocol: string
  online: boolean
  seenAt: Instant | null
  bootedAt: Instant | null
  createdAt: Instant
  clockOffsetMs: number
  commissionedAt: Instant | null
  problem: string | null
  quirks: Record<string, unknown>
  configuration: unknown
  circuit: string
  group: string | null
  registration: 'accepted' | 'pending' | 'rejected'
}

/** Chargers of a depot that are in service, by name; or one of them. */
export async function chargerRows({ prisma }: Database, depotId: string, id?: string): Promise<ChargerViewRow[]> {
  const rows = await prisma.charger.findMany({
    where: { depotId, retiredAt: null, ...(id && { id }) },
    include: { node: { select: { name: true } } },
    orderBy: { name: 'asc' },
  })
  return rows.map((row) => ({
    id: row.id,
    identity: row.identity,
    name: row.name,
    vendor: row.vendor,
    model: row.model,
    serial: row.serial,
    firmware: row.firmware,
    protocol: row.protocol,
    online: row.connectedAt !== null,
    seenAt: row.seenAt && instant(row.seenAt),
    bootedAt: row.bootedAt && instant(row.bootedAt),
    createdAt: instant(row.createdAt),
    clockOffsetMs: row.clockOffsetMs,
    commissionedAt: row.commissionedAt && instant(row.commissionedAt),
    problem: row.commissionProblem,
    quirks: (row.quirks ?? {}) as Record<string, unknown>,
    configuration: row.configuration,
    circuit: row.node.name,
    group: row.groupName,
    registration: row.registration as ChargerViewRow['registration'],
  }))
}

export const nodeRows = ({ prisma }: Database, depotId: string) =>
  prisma.siteNode.findMany({ where: { depotId }, orderBy: { name: 'asc' }, select: { id: true, name: true, kind: true } })

/** The last limits sent to a charger's ports, the newest first. */
export async function limitRows({ prisma }: Database, chargerId: string, take: number) {
  const rows = await prisma.limitSent.findMany({
    where: { port: { chargerId }, outcome: { not: 'notSent' } },
    orderBy: { id: 'desc' },
    take,
    include: { port: { select: { number: true } } },
  })
  return rows.map((row) => ({
    id: String(row.id),
    port: row.port.number,
    kind: row.kind as 'fallback' | 'session',
    steps: row.curve as Steps,
    sentAt: instant(row.sentAt),
    outcome: row.outcome,
    answeredAt: row.answeredAt && instant(row.answeredAt),
    countsAt: row.countsAt && instant(row.countsAt),
    reason: row.reason,
  }))
}
