import type { AlertView } from '#lib/api/overview.ts'
import { depotCreatedAt, tariffEndedBefore, tariffInForce } from '#server/store/tariff.ts'
import type { Seeing } from './views.ts'

/** What a depot still needs before its figures say anything: a tariff. */
export async function setupAlerts({ db, clock }: Seeing, depotId: string): Promise<AlertView[]> {
  const now = clock.now()
  if (await tariffInForce(db.prisma, depotId, now)) return []
  const since = (await tariffEndedBefore(db.prisma, depotId, now)) ?? (await depotCreatedAt(db.prisma, depotId)) ?? now
  const why = 'Sessions have no cost, and the plan cannot look at prices. Enter what energy costs.'
  return [{ key: 'tariff', mark: 'caution', what: 'Still to be set up: no tariff is in force', why, since, href: '/tariff' }]
}
