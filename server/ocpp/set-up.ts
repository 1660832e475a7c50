import type { RecordCtx } from '../charging/recording.ts'
import { makeConfigurationBook } from '../configuration/configuration-book.ts'
import { makeGate } from '../planning/one-at-a-time.ts'
import { commission } from './commission.ts'
import type { Connection } from './connection.ts'

/** Asking 10,000 chargers for their configuration at once would starve what they have to say. */
const AT_ONCE = 64

/**
 * Sets chargers up when they have booted, or come back without a boot: one time after the other for each, few at once over all. What nobody
 * waits for is put off while there is much to answer (`leaveRoom`).
 */
export function makeSetUp(ctx: RecordCtx, leaveRoom?: () => Promise<void>) {
  const under = new Map<Connection, Promise<void>>()
  const book = makeConfigurationBook(ctx)
  const inTurn = makeGate(AT_ONCE)
  let closed = false

  return {
    /** A boot may come while a return without one is being dealt with. */
    begin(connection: Connection): void {
      // nothing is sent to a rejected one; a pending one is asked what it is, before a person decides
      if (closed || connection.charger.registration === 'rejected') return
      const before = under.get(connection) ?? Promise.resolve()
      const done = before
        .then(() =>
          inTurn(async () => {
            await leaveRoom?.()
            if (!closed) await commission(ctx, connection, book)
          }),
        )
        .catch((error: unknown) => ctx.log.warn({ err: error, charger: connection.charger.id }, 'commissioning stopped'))
        .then(() => {
          if (under.get(connection) === done) under.delete(connection)
        })
      under.set(connection, done)
    },
    /** Nobody else is set up; those under way go on to what they wait for. */
    close(): void {
      closed = true
    },
    ended: (): Promise<unknown> => Promise.all(under.values()),
  }
}
