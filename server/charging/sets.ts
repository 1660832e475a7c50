import { lockChargers } from '../store/charger-locks.ts'
import { type Ending, inPipeline, type Sql } from '../store/sql.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import type { RecordCtx } from './recording.ts'

/** What is to be recorded with others, and where it stands in its set. */
export type Placed<Item> = { place: number; item: Item }

export type SetsOf<Item, Done> = {
  /** For the log. */
  what: string
  /** What no two of a set may share, and none while a set with it is being written. */
  namesOf(item: Item): string[]
  /**
   * Records in one transaction what is plain of those that are `free`: no other transaction holds their chargers, which are locked now. What may
   * be asked of all is asked at once, before that is known. @returns what became of them by their place
   */
  write(sql: Sql, all: Placed<Item>[], free: Promise<Placed<Item>[]>): Promise<Ending<Map<number, Done>>>
}

type Waiting<Item, Done> = { item: Item; names: string[]; done: (done: Done | undefined) => void; failed: (error: unknown) => void }

// plans that are kept were made when the tables were small: a set must never read one whole
const BEGIN = 'BEGIN; SET LOCAL enable_seqscan = off'
const MOST = 250
/** While one set is in the database, the answers of the other leave and the next one gathers. */
const AT_ONCE = 2
/** Chargers have this long to join a set that is about to be written (real ms). */
const WINDOW_MS = 3
/** A set that failed is tried again in so many parts, so that what is wrong with one of them is no matter of all. */
const PARTS = 8

/**
 * One kind of message of many chargers, recorded in one transaction for all that wait (docs/decisions/010). While a set is being written the
 * next one gathers. One message of a charger is in a set. `undefined` for what is not plain, whose charger another transaction holds, or whose
 * part of a failed set failed again: nothing of it was written, and the path of one by one decides.
 * Rejects when the database is away.
 */
export function makeSets<Item extends { chargerId: string }, Done>(
  ctx: RecordCtx,
  { what, namesOf, write }: SetsOf<Item, Done>,
): (item: Item) => Promise<Done | undefined> {
  let waiting: Waiting<Item, Done>[] = []
  let running = 0
  /** Names of the sets that are being written. */
  const under = new Set<string>()

  async function run() {
    await new Promise((soon) => setTimeout(soon, WINDOW_MS))
    for (let set = takeSet(); set.length > 0; set = takeSet()) {
      await settle(set)
      for (const { names } of set) for (const name of names) under.delete(name)
    }
    running--
  }

  /** The oldest first, one of each name. */
  function takeSet(): Waiting<Item, Done>[] {
    const set: Waiting<Item, Done>[] = []
    const later: Waiting<Item, Done>[] = []
    let looked = 0
    for (; looked < waiting.length && set.length < MOST; looked++) {
      const each = waiting[looked]!
      if (each.names.some((name) => under.has(name))) later.push(each)
      else {
        for (const name of each.names) under.add(name)
        set.push(each)
      }
    }
    waiting = [...later, ...waiting.slice(looked)]
    return set
  }

  async function settle(set: Waiting<Item, Done>[], again = false): Promise<void> {
    try {
      const done = await inPipeline(ctx.db, BEGIN, (sql) => writeFree(sql, set))
      for (const [place, each] of set.entries()) each.done(done.get(place))
    } catch (error) {
      if (isDatabaseAway(error)) for (const { failed } of set) failed(error)
      else if (again || set.length === 1) {
        ctx.log.warn({ err: error }, `${set.length} ${what} could not be written together; each goes alone`)
        for (const { done } of set) done(undefined)
      } else {
        const size = Math.ceil(set.length / PARTS)
        for (let from = 0; from < set.length; from += size) await settle(set.slice(from, from + size), true)
      }
    }
  }

  /** Chargers that another transaction holds are not waited for. */
  function writeFree(sql: Sql, set: Waiting<Item, Done>[]): Promise<Ending<Map<number, Done>>> {
    const all = set.map(({ item }, place) => ({ place, item }))
    const ids = all.map(({ item }) => item.chargerId)
    const free = lockChargers(sql, ids).then((locked) => all.filter(({ item }) => locked.has(item.chargerId)))
    return write(sql, all, free)
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, names: namesOf(item), done, failed })
      if (running >= AT_ONCE) return
      running++
      void run()
    })
}
