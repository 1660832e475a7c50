import { problem } from '#lib/api/problem.ts'
import { PROFILE_WORDS, whyNotRaise } from '#lib/ocpp/security-profile.ts'
import { sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { appendJournal } from '../store/journal.ts'
import { setLeastProfile, setNextProfile } from '../store/security.ts'
import type { Asking } from './charger-certificates.ts'
import { profileFacts } from './profile-facts.ts'

export type Raised =
  | { kind: 'raised' }
  | { kind: 'asked'; reboot: boolean }
  | { kind: 'refused'; reason: string }
  | { kind: 'silent'; reason: string }

/**
 * Raises a charger's security profile (whitepaper, A05). One that comes with it already must use it from now on; another is told to
 * (SecurityProfile), and must use it once it has come back with it: until then the old one opens, too.
 * @throws Problem `conflict` with what is missing
 */
export async function raiseProfile(gateway: Gateway, asking: Asking, profile: number): Promise<Raised> {
  const { db, clock } = gateway
  const { depotId, chargerId, actor } = asking
  const facts = await profileFacts(gateway, chargerId)
  const why = whyNotRaise(profile, facts)
  if (why !== null) throw problem('conflict', why)
  if ((facts.connected ?? -1) >= profile) {
    await setLeastProfile(db.prisma, chargerId, profile)
    await appendJournal(db.prisma, clock.now(), clock.real(), [
      { depotId, actor, kind: 'charger.profileRaised', subject: `charger:${chargerId}`, data: { profile, words: PROFILE_WORDS[profile] } },
    ])
    return { kind: 'raised' }
  }
  // before it is told: it may be back before its answer is
  await setNextProfile(db.prisma, chargerId, profile, new Date(clock.now()))
  const sent = await sendCall(gateway, {
    ...asking,
    source: 'security',
    action: 'ChangeConfiguration',
    payload: { key: 'SecurityProfile', value: String(profile) },
    owner: 'security',
  })
  if (sent.answer?.kind === 'accepted') return { kind: 'asked', reboot: sent.answer.detail === 'rebootRequired' }
  // no answer: it may have taken it, and come with it
  if (sent.answer?.kind === 'timeout' || sent.answer?.kind === 'lost') return { kind: 'silent', reason: sent.reason ?? 'No answer.' }
  await setNextProfile(db.prisma, chargerId, null, null)
  const reason = sent.answer?.kind === 'refused' ? sent.answer.reason : (sent.reason ?? 'It did not leave.')
  return { kind: 'refused', reason }
}
