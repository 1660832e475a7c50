import type { RecordCtx } from '../charging/recording.ts'
import type { KnownCharger } from '../store/charger.ts'
import { findPort } from '../store/port.ts'
import { findSessionOfCharger } from '../store/session.ts'

const MOST = 5000

/** Open sessions of a charger, looked up together with those of others that come at the same time. */
export type OpenBook = (chargerId: string) => Promise<{ id: number; port: number }[]>

/** Which sessions and ports of its charger a connection has met: so that a meter value needs no question to the database. */
export function makeKnownSessions(ctx: RecordCtx, charger: KnownCharger, openBook: OpenBook) {
  const sessions = new Map<number, { id: number; port: number } | undefined>()
  const openAt = new Map<number, number>()

  const opened = (port: number, id: number) => {
    sessions.set(id, { id, port })
    openAt.set(port, id)
  }

  return {
    opened,
    /** What was left open before this socket. */
    async load() {
      for (const session of await openBook(charger.id)) opened(session.port, session.id)
    },
    metBefore: (id: number) => sessions.get(id),
    openAt: (port: number): number | undefined => openAt.get(port),
    closed(id: number) {
      for (const [port, each] of openAt) if (each === id) openAt.delete(port)
    },
    /** The session of a transactionId, if it is one of this charger's. */
    async sessionOf(id: number): Promise<{ id: number; port: number } | undefined> {
      if (!sessions.has(id)) {
        const found = await findSessionOfCharger(ctx.db.prisma, id, charger.id)
        if (sessions.size > MOST) sessions.clear()
        sessions.set(id, found ? { id, port: found.port.number } : undefined)
      }
      return sessions.get(id)
    },
    async portId(number: number): Promise<string | undefined> {
      const known = charger.ports.get(number)
      if (known !== undefined) return known
      const found = await findPort(ctx.db.prisma, charger.id, number)
      if (found) charger.ports.set(number, found.id)
      return found?.id
    },
  }
}
