import { assertNever, notFound, problem } from '#lib/api/problem.ts'
import type { ChargerSecurityAct } from '#lib/api/security.ts'
import { findItem } from '#lib/ocpp/configuration16.ts'
import { PROFILE_WORDS, whyNotWithoutPassword } from '#lib/ocpp/security-profile.ts'
import { type SentCall, sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { itemsOf } from '../store/configuration.ts'
import { appendJournal } from '../store/journal.ts'
import { allowNoPassword, setNextProfile, setRegisteredSerial } from '../store/security.ts'
import type { Authority } from './authority.ts'
import {
  type Asking,
  askToRenew,
  deleteCertificate,
  installCertificate,
  installRoot,
  readCertificates,
  revokeCertificate,
} from './charger-certificates.ts'
import { type Raised, raiseProfile } from './raise-profile.ts'

export type SecurityOutcome = { outcome: 'accepted' | 'refused' | 'timeout' | 'offline' | 'scheduled'; detail: string; response?: unknown }

/** What a person does about a charger's security, with a sentence about what became of it. @throws Problem `not-found`, `conflict`, `invalid` */
export async function actOnSecurity(
  gateway: Gateway,
  authority: Authority,
  asking: Asking,
  act: ChargerSecurityAct,
): Promise<SecurityOutcome> {
  const { prisma } = gateway.db
  const charger = await prisma.charger.findFirst({ where: { id: asking.chargerId, depotId: asking.depotId, retiredAt: null } })
  if (!charger) throw notFound('charger', asking.chargerId)
  const tell = async (kind: string, data: Record<string, unknown> = {}) =>
    appendJournal(prisma, gateway.clock.now(), gateway.clock.real(), [
      { depotId: asking.depotId, actor: asking.actor, kind, subject: `charger:${asking.chargerId}`, data },
    ])
  switch (act.kind) {
    case 'raiseProfile':
      return raisedOutcome(await raiseProfile(gateway, asking, act.profile), act.profile)
    case 'forgetRaise':
      await setNextProfile(prisma, charger.id, null, null)
      await tell('charger.profileWishTakenBack', { profile: charger.nextProfile })
      return { outcome: 'accepted', detail: 'It may go on as it is. If it rose already, it is let in all the same.' }
    case 'allowNoPassword': {
      const { securityProfile: least, connectedProfile: everConnected } = charger
      const why = whyNotWithoutPassword({ least, everConnected, settingOn: gateway.env.ocppAllowNoAuth })
      if (why !== null) throw problem('conflict', why)
      await allowNoPassword(prisma, charger.id)
      await tell('charger.noPassword')
      return { outcome: 'accepted', detail: 'It is let in without a password: anybody in its network can pretend to be it.' }
    }
    case 'readCertificates':
      return sentOutcome(await readCertificates(gateway, asking), 'It told which roots it holds.', 'NotFound')
    case 'renewCertificate':
      await nameOperator(gateway, asking, itemsOf(charger.configuration), authority.operator())
      return sentOutcome(await askToRenew(gateway, asking), 'It will ask for a certificate, which is sent to it at once.')
    case 'installCertificate': {
      const sent =
        act.pem === undefined
          ? await installRoot(gateway, { ...asking, root: authority.certificates.active() })
          : await installCertificate(gateway, asking, act.type, act.pem)
      return sentOutcome(sent, 'The charger trusts this root from now on.')
    }
    case 'deleteCertificate':
      return sentOutcome(await deleteCertificate(gateway, asking, act.certificateId), 'The charger does not hold it any more.')
    case 'revokeCertificate':
      await revokeCertificate(gateway, asking, act.certificateId)
      return { outcome: 'accepted', detail: 'It opens nothing from now on, and its connection was closed.' }
    case 'setSerial':
      await setRegisteredSerial(prisma, charger.id, act.serial)
      await tell('charger.serialRegistered', { serial: act.serial })
      return {
        outcome: 'accepted',
        detail: act.serial ? `Its certificate may name ${act.serial}.` : 'Its certificate names its identity, or the serial it tells.',
      }
    default:
      return assertNever(act)
  }
}

/** A charger puts CpoName into its request as O: it is told ours first, where it has the key. */
async function nameOperator(gateway: Gateway, asking: Asking, items: ReturnType<typeof itemsOf>, operator: string): Promise<void> {
  const item = findItem(items, 'CpoName')
  if (!item || item.value === operator) return
  const payload = { key: 'CpoName', value: operator }
  await sendCall(gateway, { ...asking, source: 'security', action: 'ChangeConfiguration', payload, owner: 'security' })
}

function raisedOutcome(raised: Raised, profile: number): SecurityOutcome {
  const words = PROFILE_WORDS[profile]
  switch (raised.kind) {
    case 'raised':
      return { outcome: 'accepted', detail: `It comes so already; anything less is refused from now on: ${words}.` }
    case 'asked':
      return {
        outcome: 'scheduled',
        detail: `It took it${raised.reboot ? ', and wants a restart for it' : ''}. Once it has come back so, anything less is refused: ${words}.`,
      }
    case 'refused':
      return { outcome: 'refused', detail: `The charger refused: ${raised.reason}` }
    case 'silent':
      return { outcome: 'timeout', detail: `${raised.reason} If it comes back so, it counts.` }
    default:
      return assertNever(raised)
  }
}

/** `fine`: a status that refuses nothing, such as "NotFound" for a charger that holds none. */
function sentOutcome(sent: SentCall, done: string, fine?: string): SecurityOutcome {
  if (sent.outcome === 'offline') return { outcome: 'offline', detail: sent.reason ?? 'The charger is offline.' }
  if (sent.outcome === 'timeout') return { outcome: 'timeout', detail: sent.reason ?? 'No answer.' }
  const answered = sent.answer?.kind === 'accepted' || (sent.answer?.kind === 'refused' && sent.answer.reason === fine)
  if (answered) return { outcome: 'accepted', detail: done, response: sent.response }
  const reason = sent.answer?.kind === 'refused' ? sent.answer.reason : sent.reason
  return { outcome: 'refused', detail: `Refused: ${reason ?? 'no reason told'}`, response: sent.response }
}
