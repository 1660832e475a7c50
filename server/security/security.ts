import { minutes } from '#lib/time/instant.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { thinSecurityEvents } from '../store/security.ts'
import type { Authority } from './authority.ts'
import { type Certifier, makeCertifier } from './certifier.ts'

/** The room's two halves in the gateway: who signs, and who carries. */
export type Security = { authority: Authority; certifier: Certifier; close(): void }

const LOOK_MS = minutes(60)
/** Of each charger. */
const MOST_EVENTS = 1_000

/** Starts the room: certificates follow requests, and what is due is looked for by the hour (real time). */
export async function startSecurity(gateway: Gateway, authority: Authority): Promise<Security> {
  const certifier = await makeCertifier(gateway, authority)
  const cancel = gateway.recorded.subscribe((events) => certifier.recorded(events))
  const look = () =>
    void authority
      .look()
      .then(() => certifier.look())
      .then(() => thinSecurityEvents(gateway.db.prisma, MOST_EVENTS))
      .catch((error: unknown) => gateway.log.error({ err: error }, 'looking after certificates failed'))
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  look()
  return {
    authority,
    certifier,
    close() {
      clearInterval(timer)
      cancel()
      authority.close()
    },
  }
}
