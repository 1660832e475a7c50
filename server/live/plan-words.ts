import { nameIn } from '#lib/fleet/need.ts'
import { priceText } from '#lib/format/money.ts'
import { nearText } from '#lib/format/time.ts'
import type { Words } from '#lib/planning/explain.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Zone } from '#lib/time/zone.ts'

/** How a depot writes what its plan says; `names` of vehicles, ports and nodes by id. */
export const planWords = ({ zone, currency, names }: { zone: Zone; currency: string; names: Map<string, string> }, now: Instant): Words => {
  const name = (id: string) => nameIn(names, id)
  return {
    time: (at) => nearText(at, now, zone),
    price: (micro) => priceText(micro, currency),
    vehicle: name,
    port: name,
    node: name,
  }
}
