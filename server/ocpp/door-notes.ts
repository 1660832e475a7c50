import type { RecordCtx } from '../charging/recording.ts'
import type { KnownCharger } from '../store/charger.ts'
import { appendJournal, type JournalLine } from '../store/journal.ts'
import { isDatabaseAway } from '../store/unavailable.ts'

const ONCE_MS = 60_000
const MOST_REMEMBERED = 1000

/** Lines of the journal about who came to the door and how. Nobody waits for them; what repeats is told once a minute: visible, and no flood. */
export function makeDoorNotes({ db, clock, log }: Pick<RecordCtx, 'db' | 'clock' | 'log'>) {
  const told = new Map<string, number>()

  const write = (line: JournalLine): void => {
    appendJournal(db.prisma, clock.now(), clock.real(), [line]).catch((error: unknown) => {
      if (!isDatabaseAway(error)) log.error({ err: error }, 'a line about the door could not be written')
    })
  }
  const once = (what: string, line: JournalLine): void => {
    const now = clock.monotonic()
    if (now - (told.get(what) ?? Number.NEGATIVE_INFINITY) < ONCE_MS) return
    if (told.size > MOST_REMEMBERED) told.clear()
    told.set(what, now)
    write(line)
  }

  return {
    write,
    badPath(address: string, path = ''): void {
      once(address, { actor: 'system', kind: 'review.badPath', data: { address, path: path.slice(0, 100).replaceAll('\0', '') } })
    },
    full(address: string): void {
      once('full', { actor: 'system', kind: 'security.tooManyConnections', subject: 'endpoint', data: { address, limit: 'door' } })
    },
    fast({ id, depotId }: Pick<KnownCharger, 'id' | 'depotId'>, address: string): void {
      const subject = `charger:${id}`
      once(`fast ${id}`, { depotId, actor: subject, kind: 'security.tooManyMessages', subject, data: { address } })
    },
  }
}
