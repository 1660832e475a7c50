import { beforeAll } from 'vitest'
import type { Door } from '#server/http/route.ts'
import { askDoor, EVENING, type Site, testSite } from '#server/http/test-site.ts'
import { smallDepot } from '#server/live/test-depot.ts'
import { GET as getBoard } from '../../app/api/depots/[depot]/board/route.ts'
import { POST as postCharger } from '../../app/api/depots/[depot]/chargers/route.ts'

export type Body = Record<string, unknown> & { status: number; detail?: string }

/** A depot "north" of six bays for the tests of one file, its doors asked as the manager unless told otherwise. */
export function testProvisioning() {
  let site: Site
  let manager: Record<string, string>
  beforeAll(async () => {
    site = await testSite()
    await smallDepot(site.db, EVENING, { bays: 6 })
    manager = await site.as('manager', ['north'])
  })
  const ask = (door: Door, params: Record<string, string>, body?: unknown, headers = manager) =>
    askDoor<Body>(door, headers, { params, body })
  return {
    site: () => site,
    ask,
    on: (charger: string) => ({ depot: 'north', charger }),
    row: (id: string) => site.db.prisma.charger.findUniqueOrThrow({ where: { id } }),
    journal: (kind: string, subject: string) => site.db.prisma.journal.findMany({ where: { kind, subject } }),
    add: (identity: string, more: object = {}) =>
      ask(postCharger, { depot: 'north' }, { identity, name: identity, nodeId: 'north-service', maxKw: 11, bay: identity, ...more }),
    idOf: ({ charger }: Body) => (charger as { id: string }).id,
    bays: async () => ((await ask(getBoard, { depot: 'north' })).ports as { bay: string }[]).map(({ bay }) => bay),
  }
}
