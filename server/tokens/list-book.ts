import type { Ctx } from '../runtime.ts'
import { freeFirst } from '../store/free-first.ts'
import { makeTogether } from '../store/together.ts'
import { type ListCharger, type ListWrite, listChargers, saveLists } from '../store/token-list.ts'

/** How far the lists of chargers are; what is asked and written of many at the same time goes to the database together. */
export type ListBook = {
  charger(id: string): Promise<ListCharger | undefined>
  save(id: string, data: Omit<ListWrite, 'id'>): Promise<unknown>
}

const NO_HURRY = { windowMs: 20 }

export function makeListBook({ db }: Pick<Ctx, 'db'>): ListBook {
  const save = makeTogether(async (writes: ListWrite[]) => {
    await freeFirst(
      writes,
      ({ id }) => id,
      (rows, wait) => saveLists(db.prisma, rows, wait),
    )
    return writes
  }, NO_HURRY)
  return {
    charger: makeTogether(async (ids: string[]) => {
      const byId = new Map((await listChargers(db.prisma, { id: { in: ids } })).map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    }, NO_HURRY),
    save: (id, data) => save({ id, ...data }),
  }
}
