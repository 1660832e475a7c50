import { problem } from '#lib/api/problem.ts'
import { bayHolders } from '#server/store/charger-ports.ts'
import type { Db } from '#server/store/database.ts'

/** Bays of chargers in service, as people compare them, with the name of the charger that has each. */
export type TakenBays = ReadonlyMap<string, string>

export const bayKey = (bay: string): string => bay.trim().toLowerCase()

export const takenBays = async (db: Db, depotId: string): Promise<TakenBays> =>
  new Map((await bayHolders(db, depotId)).map(({ bay, charger }) => [bayKey(bay), charger.name]))

/** A van is sent to a bay by its name, so no two ports in service have the same. Undefined: none of these is taken. */
export function whyNotBays(bays: string[], taken: TakenBays): string | undefined {
  const bay = bays.find((each) => taken.has(bayKey(each)))
  return bay === undefined ? undefined : `Bay ${bay} is at ${taken.get(bayKey(bay))} already.`
}

/** Under the depot's lock. `field`: where the form shows it. @throws Problem `conflict` */
export async function refuseTakenBays(db: Db, depotId: string, bays: string[], field: string): Promise<void> {
  const why = whyNotBays(bays, await takenBays(db, depotId))
  if (why !== undefined) throw problem('conflict', `${why} Give this port another bay, or change that one first.`, { [field]: why })
}
