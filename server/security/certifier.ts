import type { RecordedEvent } from '#lib/charging/event.ts'
import { days, type Instant, instant, plus } from '#lib/time/instant.ts'
import { sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import {
  changeCertificate,
  chargersLacking,
  confirmCertificate,
  endingCertificates,
  hasNewerCertificate,
  waitingCertificate,
  waitingChargers,
} from '../store/certificate.ts'
import { appendJournal } from '../store/journal.ts'
import type { Authority } from './authority.ts'
import { askToRenew, installRoot } from './charger-certificates.ts'
import { BACKDATED } from './roots.ts'
import { described } from './x509.ts'

const CHARGER_LIFE = days(397)
/** Asked anew so long before the end, once a day. */
const RENEW_BEFORE = days(45)
const MOST_ATTEMPTS = 5

/** Brings chargers the certificates that they asked for, asks them to renew theirs in time, and gives them a new root before we need it. */
export type Certifier = {
  recorded(events: RecordedEvent[]): void
  /** By the hour. */
  look(): Promise<void>
  idle(): Promise<void>
}

export async function makeCertifier(gateway: Gateway, authority: Authority): Promise<Certifier> {
  const { db, clock, log } = gateway
  /** Nobody else is looked up when a charger connects: ten thousand may at once. */
  const waiting = new Set(await waitingChargers(db.prisma))
  const atWork = new Map<string, Promise<void>>()
  const renewed = new Map<string, Instant>()

  /** One after the other for one charger. */
  function work(chargerId: string, what: () => Promise<void>) {
    const done = (atWork.get(chargerId) ?? Promise.resolve())
      .then(what)
      .catch((error: unknown) => log.error({ err: error, charger: chargerId }, 'a certificate could not be brought'))
      .finally(() => {
        if (atWork.get(chargerId) === done) atWork.delete(chargerId)
      })
    atWork.set(chargerId, done)
  }

  async function bring(chargerId: string, depotId: string): Promise<void> {
    const row = await waitingCertificate(db.prisma, chargerId)
    if (!row) {
      waiting.delete(chargerId)
      return
    }
    const pem = row.pem ?? (await sign(row))
    if (row.attempts >= MOST_ATTEMPTS) {
      await end(row.id, chargerId, depotId, 'rejected', `It never answered to the certificate, sent ${row.attempts} times.`)
      return
    }
    // written down before it leaves: a charger that takes it without our hearing so is known when it comes with it
    await changeCertificate(db.prisma, row.id, clock.real(), { state: 'sent', attempts: { increment: 1 } })
    const sent = await sendCall(gateway, {
      depotId,
      chargerId,
      action: 'CertificateSigned',
      payload: { certificateChain: pem },
      actor: 'system',
      source: 'security',
    })
    if (sent.outcome === 'answered' && sent.answer?.kind === 'accepted') await end(row.id, chargerId, depotId, 'accepted', null)
    else if (sent.outcome === 'answered' || sent.answer?.kind === 'refused')
      await end(row.id, chargerId, depotId, 'rejected', `The charger refused the certificate${sent.reason ? `: ${sent.reason}` : '.'}`)
    // offline or silent: brought again when it is back
  }

  async function sign({ id, csr, subject }: { id: string; csr: string | null; subject: string | null }): Promise<string> {
    const now = clock.real()
    const until = instant(Math.min(plus(now, CHARGER_LIFE), authority.certificates.active().endsAt))
    const { cert, chain } = await authority.certify(csr ?? '', subject ?? '', { from: plus(now, -BACKDATED), until })
    await changeCertificate(db.prisma, id, now, { state: 'signed', pem: chain, ...described(cert) })
    return chain
  }

  async function end(id: string, chargerId: string, depotId: string, state: 'accepted' | 'rejected', detail: string | null) {
    waiting.delete(chargerId)
    await changeCertificate(db.prisma, id, clock.real(), { state, detail })
    const kind = state === 'accepted' ? 'security.certificateTaken' : 'security.certificateRefused'
    const line = { depotId, actor: 'system', kind, subject: `charger:${chargerId}`, data: { certificateId: id, ...(detail && { detail }) } }
    await appendJournal(db.prisma, clock.now(), clock.real(), [line])
    gateway.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
  }

  return {
    recorded(events) {
      for (const event of events) {
        const { chargerId, depotId } = event
        if (event.kind === 'certificateAsked') waiting.add(chargerId)
        else if (event.kind !== 'connected' && event.kind !== 'booted') continue
        const fingerprint = event.kind === 'connected' ? event.link?.fingerprint : undefined
        if (fingerprint && waiting.has(chargerId))
          work(chargerId, async () => void (await confirmCertificate(db.prisma, chargerId, fingerprint, clock.real())))
        if (waiting.has(chargerId)) work(chargerId, () => bring(chargerId, depotId))
        const next = authority.certificates.next()
        if (next && event.kind === 'booted') work(chargerId, () => giveRoot(chargerId))
      }
    },
    async look() {
      const now = clock.real()
      for (const { charger, notAfter } of await endingCertificates(db.prisma, plus(now, RENEW_BEFORE))) {
        if (!charger || notAfter === null || !gateway.links.online(charger.id)) continue
        if (now - (renewed.get(charger.id) ?? Number.NEGATIVE_INFINITY) < days(1)) continue
        if (await hasNewerCertificate(db.prisma, charger.id, notAfter)) continue
        renewed.set(charger.id, now)
        work(charger.id, async () => void (await askToRenew(gateway, { depotId: charger.depotId, chargerId: charger.id, actor: 'system' })))
      }
      if (authority.certificates.next())
        for (const { id } of await chargersLacking(db.prisma, nextFingerprint())) work(id, () => giveRoot(id))
    },
    async idle() {
      while (atWork.size > 0) await Promise.allSettled([...atWork.values()])
    },
  }

  function nextFingerprint(): string {
    const next = authority.certificates.next()
    return next ? described(next.cert).fingerprint : ''
  }

  /** The next root, to a charger that is here and lacks it; one that refused it is not asked again by itself. */
  async function giveRoot(chargerId: string): Promise<void> {
    const next = authority.certificates.next()
    if (!next || !gateway.links.online(chargerId)) return
    const lacking = (await chargersLacking(db.prisma, nextFingerprint())).find(({ id }) => id === chargerId)
    if (!lacking || lacking.certificates[0]?.state === 'rejected') return
    await installRoot(gateway, { depotId: lacking.depotId, chargerId, actor: 'system', root: next })
  }
}
