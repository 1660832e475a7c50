import { assertNever, problem } from '#lib/api/problem.ts'
import type { AuthorityAct } from '#lib/api/security.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { chargersLacking } from '../store/certificate.ts'
import { appendJournal } from '../store/journal.ts'
import type { Security } from './security.ts'
import { described } from './x509.ts'

/** @throws Problem `unavailable` where this gateway has no certificate authority */
export function securityOf(gateway: Gateway): Security {
  if (!gateway.security) throw problem('unavailable', 'This gateway has no certificate authority. Restart it.')
  return gateway.security
}

/**
 * The authority itself: the operator's name, and a new root in two steps. First chargers get it, and then our server certificate changes
 * over to it: one that does not hold it by then could not come back. @throws Problem `conflict`
 */
export async function actOnAuthority(gateway: Gateway, security: Security, actor: string, act: AuthorityAct): Promise<{ detail: string }> {
  const { authority, certifier } = security
  const { db, clock } = gateway
  const tell = (kind: string, data: Record<string, unknown>) =>
    appendJournal(db.prisma, clock.now(), clock.real(), [{ actor, kind, subject: 'authority', data }])
  const refuseGiven = () => {
    if (!authority.certificates.active().local)
      throw problem('conflict', 'The certificate authority was given (OCPP_CA_CERT): change the files, and restart the gateway.')
  }
  switch (act.kind) {
    case 'setOperator': {
      const before = authority.operator()
      await authority.setOperator(act.operator)
      await tell('setting.changed', { setting: 'operator', before, after: act.operator })
      return { detail: `Certificates of chargers name ${act.operator} from now on. Those that name ${before} open nothing any more.` }
    }
    case 'newRoot': {
      refuseGiven()
      await authority.makeNextRoot()
      const next = described(authority.certificates.next()!.cert)
      await tell('security.nextRoot', { subject: next.subject, fingerprint: next.fingerprint })
      await certifier.look()
      return { detail: `${next.subject} is brought to the chargers. Nothing else changes until the server certificate changes over to it.` }
    }
    case 'useNextRoot': {
      refuseGiven()
      const next = authority.certificates.next()
      if (!next) throw problem('conflict', 'There is no next root: make one first.')
      const lacking = await chargersLacking(db.prisma, described(next.cert).fingerprint)
      if (lacking.length > 0 && !act.evenIfLacking)
        throw problem(
          'conflict',
          `Without the next root these could not come back over TLS: ${lacking
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}${lacking.length > 5 ? ` and ${lacking.length - 5} more` : ''}.`,
        )
      await authority.useNextRoot()
      await tell('security.rootChanged', { fingerprint: described(next.cert).fingerprint, lacking: lacking.map(({ id }) => id) })
      return { detail: 'The server certificate comes from the new root from now on. Certificates of chargers from the old one stay good.' }
    }
    default:
      return assertNever(act)
  }
}
