import type { RecordCtx } from '../charging/recording.ts'
import { addCounts, type Counted } from '../store/provisioning.ts'
import { isDatabaseAway } from '../store/unavailable.ts'

const EVERY_MS = 2_000

/** Counts of chargers that operators look at: those of all sockets are written together every two seconds, so that a flood of oddities is no flood of writes. */
export type Counts = {
  /** A message had properties that the protocol does not know. */
  bent(chargerId: string): void
  /** A message was not handled: the charger is not accepted. */
  refused(chargerId: string): void
  flush(): Promise<void>
}

export function makeCounts(ctx: Pick<RecordCtx, 'db' | 'log'>): Counts {
  let counts = new Map<string, Counted>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const counted = [...counts.values()]
    counts = new Map()
    if (counted.length === 0) return
    try {
      const written = await addCounts(ctx.db.prisma, counted)
      for (const { id, bent, refused } of counted) if (!written.has(id)) add(id, bent, refused)
    } catch (error) {
      if (!isDatabaseAway(error)) ctx.log.error({ err: error }, 'odd messages were not counted')
    }
  }

  function add(id: string, bent: number, refused: number): void {
    const count = counts.get(id) ?? { id, bent: 0, refused: 0 }
    count.bent += bent
    count.refused += refused
    counts.set(id, count)
    timer ??= setTimeout(() => void flush(), EVERY_MS).unref()
  }

  return { bent: (id) => add(id, 1, 0), refused: (id) => add(id, 0, 1), flush }
}
