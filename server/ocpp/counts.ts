import type { RecordCtx } from '../charging/recording.ts'
import type { KnownCharger } from '../store/charger.ts'
import { addCounts } from '../store/provisioning.ts'
import { isDatabaseAway } from '../store/unavailable.ts'

const EVERY_MS = 2_000

/** Counts of one socket that operators look at: written together every two seconds, so that a flood of oddities is no flood of writes. */
export function makeCounts(ctx: Pick<RecordCtx, 'db' | 'log'>, charger: KnownCharger) {
  let bent = 0
  let refused = 0
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (bent + refused === 0) return
    const counted = { bent, refused }
    bent = 0
    refused = 0
    addCounts(ctx.db.prisma, charger.id, counted).catch((error: unknown) => {
      if (!isDatabaseAway(error)) ctx.log.error({ err: error, charger: charger.id }, 'odd messages were not counted')
    })
  }

  const later = () => {
    timer ??= setTimeout(flush, EVERY_MS).unref()
  }

  return {
    /** A message had properties that the protocol does not know. */
    bent() {
      bent++
      later()
    },
    /** A message was not handled: the charger is not accepted. */
    refused() {
      refused++
      later()
    },
    flush,
  }
}
