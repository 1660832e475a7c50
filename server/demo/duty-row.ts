import type { Instant } from '#lib/time/instant.ts'
import type { DemoDuty } from './depot.ts'

/** A demo duty as the database keeps it. */
export const dutyRow = ({ departsAt, returnsAt, ...duty }: DemoDuty, now: Instant) => ({
  ...duty,
  name: `Tour ${duty.vehicleId.slice(-2)}`,
  departsAt: new Date(departsAt),
  plannedDepartsAt: new Date(departsAt),
  returnsAt: new Date(returnsAt),
  source: 'demo',
  changedAt: new Date(now),
})
