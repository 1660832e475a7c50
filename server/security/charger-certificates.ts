import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { assertNever, notFound, problem } from '#lib/api/problem.ts'
import type { CallHooks, MadeCall } from '../charging/call-hooks.ts'
import { type SentCall, sendCall } from '../charging/send-call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { addCertificate, type CertificateKind, certificatesOf, changeCertificate, findCertificate } from '../store/certificate.ts'
import { itemsOf } from '../store/configuration.ts'
import { appendJournal } from '../store/journal.ts'
import type { Root } from './roots.ts'
import { described, hashDataOf } from './x509.ts'

export type Asking = { depotId: string; chargerId: string; actor: string }
export type RootType = 'CentralSystemRootCertificate' | 'ManufacturerRootCertificate'

const KINDS: Record<RootType, CertificateKind> = {
  CentralSystemRootCertificate: 'centralSystemRoot',
  ManufacturerRootCertificate: 'manufacturerRoot',
}
const rootTypes = Object.keys(KINDS) as RootType[]

/** Installs a root in a charger. @throws Problem `invalid` for a text that is no certificate */
export function installCertificate(gateway: Gateway, asking: Asking, type: RootType, pem: string): Promise<SentCall> {
  try {
    described(pem)
  } catch {
    throw problem('invalid', 'This is no certificate. Paste one that begins with -----BEGIN CERTIFICATE-----.', { pem: 'No certificate.' })
  }
  return sendCall(gateway, {
    ...asking,
    source: 'security',
    action: 'InstallCertificate',
    payload: { certificateType: type, certificate: pem },
  })
}

/** A root of ours: signed by the one before it where the charger insists on that (AdditionalRootCertificateCheck). */
export async function installRoot(gateway: Gateway, { root, ...asking }: Asking & { root: Root }): Promise<SentCall> {
  const charger = await gateway.db.prisma.charger.findUniqueOrThrow({ where: { id: asking.chargerId }, select: { configuration: true } })
  const checks = itemsOf(charger.configuration).some(
    ({ key, value }) => key.toLowerCase() === 'additionalrootcertificatecheck' && value?.toLowerCase() === 'true',
  )
  return installCertificate(gateway, asking, 'CentralSystemRootCertificate', checks && root.crossSigned ? root.crossSigned : root.cert)
}

/** Deletes a root from a charger, by what the charger calls it. @throws Problem `not-found`, `conflict` */
export async function deleteCertificate(gateway: Gateway, asking: Asking, certificateId: string): Promise<SentCall> {
  const row = await findCertificate(gateway.db.prisma, asking.chargerId, certificateId)
  if (!row) throw notFound('certificate', certificateId)
  const certificateHashData = hashData.safeParse(row.hashData)
  if (!certificateHashData.success || row.state !== 'installed')
    throw problem('conflict', 'This certificate is not installed in the charger.')
  return sendCall(gateway, {
    ...asking,
    source: 'security',
    action: 'DeleteCertificate',
    payload: { certificateHashData: certificateHashData.data },
  })
}

/** Asks a charger which roots it holds; the books follow what it says. */
export async function readCertificates(gateway: Gateway, asking: Asking): Promise<SentCall> {
  let last: SentCall | undefined
  for (const certificateType of rootTypes) {
    last = await sendCall(gateway, { ...asking, source: 'security', action: 'GetInstalledCertificateIds', payload: { certificateType } })
    if (last.outcome !== 'answered') return last
  }
  return last!
}

/** Asks a charger for a new signing request: it answers by SignCertificate. */
export const askToRenew = (gateway: Gateway, asking: Asking): Promise<SentCall> =>
  sendCall(gateway, {
    ...asking,
    source: 'security',
    action: 'ExtendedTriggerMessage',
    payload: { requestedMessage: 'SignChargePointCertificate' },
  })

/** From now on it opens nothing; an open socket is closed, so that it must prove itself anew. @throws Problem `not-found`, `conflict` */
export async function revokeCertificate(gateway: Gateway, { depotId, chargerId, actor }: Asking, certificateId: string): Promise<void> {
  const { prisma } = gateway.db
  const row = await findCertificate(prisma, chargerId, certificateId)
  if (row?.kind !== 'charger') throw notFound('certificate', certificateId)
  if (row.fingerprint === null) throw problem('conflict', 'This certificate was never issued.')
  await changeCertificate(prisma, row.id, gateway.clock.real(), { state: 'revoked' })
  const data = { certificateId, fingerprint: row.fingerprint }
  await appendJournal(prisma, gateway.clock.now(), gateway.clock.real(), [
    { depotId, actor, kind: 'security.certificateRevoked', subject: `charger:${chargerId}`, data },
  ])
  gateway.links.drop(chargerId)
}

const hashData = z.object({
  hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
  issuerNameHash: z.string(),
  issuerKeyHash: z.string(),
  serialNumber: z.string(),
})
type HashData = z.infer<typeof hashData>

/** The books after a call about certificates, whoever made it (console, API, or this room). */
export const certificateHooks: CallHooks = {
  InstallCertificate: keepInstalled,
  DeleteCertificate: keepDeleted,
  GetInstalledCertificateIds: keepTold,
}

async function keepInstalled(gateway: Gateway, call: MadeCall): Promise<void> {
  const { charger, payload, answer, actor } = call
  const pem = String(payload.certificate)
  const kind = KINDS[payload.certificateType as RootType]
  const state = stateAfter(answer)
  if (state === undefined) return
  const facts = factsOf(pem)
  if (!facts) return
  const rows = await certificatesOf(gateway.db.prisma, charger.id)
  const known = rows.find((row) => row.kind === kind && row.fingerprint === facts.fingerprint)
  const detail = answer.kind === 'refused' ? `The charger refused it: ${answer.reason}.` : null
  const own = { state: state === 'done' ? 'installed' : state, detail, pem, hashData: await hashDataOf(pem) }
  if (known && known.state === 'installed' && state !== 'done') return
  if (known) await changeCertificate(gateway.db.prisma, known.id, gateway.clock.real(), own)
  else
    await addCertificate(gateway.db.prisma, gateway.clock.real(), {
      id: randomUUID(),
      chargerId: charger.id,
      kind,
      ...facts,
      ...own,
      createdBy: actor,
    })
}

async function keepDeleted(gateway: Gateway, { charger, payload, answer }: MadeCall): Promise<void> {
  const asked = hashData.safeParse(payload.certificateHashData)
  // it is gone either way when the charger does not know it
  const gone = answer.kind === 'accepted' || (answer.kind === 'refused' && answer.reason === 'NotFound')
  if (!asked.success) return
  const rows = await certificatesOf(gateway.db.prisma, charger.id)
  for (const row of rows.filter(({ hashData: own, state }) => state === 'installed' && isSame(own, asked.data))) {
    const failed = answer.kind === 'refused' ? { detail: `The charger did not delete it: ${answer.reason}.` } : {}
    await changeCertificate(gateway.db.prisma, row.id, gateway.clock.real(), gone ? { state: 'deleted', detail: null } : failed)
  }
}

/** What the charger tells is the truth: what it lists is installed, what it does not list is not. */
async function keepTold(gateway: Gateway, { charger, payload, answer, actor }: MadeCall): Promise<void> {
  if (answer.kind === 'timeout' || answer.kind === 'lost' || answer.kind === 'offline' || answer.kind === 'superseded') return
  // "NotFound" is the whitepaper's word for "none"
  if (answer.kind === 'refused' && answer.reason !== 'NotFound') return
  const kind = KINDS[payload.certificateType as RootType]
  const response = z.object({ certificateHashData: z.array(hashData).default([]) }).safeParse(answer.response ?? {})
  const told = response.success ? response.data.certificateHashData : []
  const now = gateway.clock.real()
  const rows = (await certificatesOf(gateway.db.prisma, charger.id)).filter((row) => row.kind === kind)
  for (const each of told) {
    const known = rows.find((row) => isSame(row.hashData, each))
    if (known && known.state !== 'installed')
      await changeCertificate(gateway.db.prisma, known.id, now, { state: 'installed', detail: null })
    if (!known)
      await addCertificate(gateway.db.prisma, now, {
        id: randomUUID(),
        chargerId: charger.id,
        kind,
        state: 'installed',
        serial: each.serialNumber.toLowerCase(),
        hashData: each,
        detail: 'It was in the charger before.',
        createdBy: actor,
      })
  }
  for (const row of rows.filter(({ state, hashData: own }) => state === 'installed' && !told.some((each) => isSame(own, each))))
    await changeCertificate(gateway.db.prisma, row.id, now, { state: 'deleted', detail: 'The charger does not list it any more.' })
}

const factsOf = (pem: string) => {
  try {
    return described(pem)
  } catch {
    return undefined
  }
}

/** `done`, `rejected`, `sent` (nobody knows), or undefined: it never left. */
function stateAfter(answer: MadeCall['answer']): 'done' | 'rejected' | 'sent' | undefined {
  switch (answer.kind) {
    case 'accepted':
      return 'done'
    case 'refused':
      return 'rejected'
    case 'timeout':
    case 'lost':
      return 'sent'
    case 'offline':
    case 'superseded':
      return undefined
    default:
      return assertNever(answer)
  }
}

/** By serial and issuer; chargers write the number with and without leading zeros, and hash with what they like. */
function isSame(own: unknown, told: HashData): boolean {
  const kept = hashData.safeParse(own)
  if (!kept.success) return false
  const plain = (serial: string) => serial.toLowerCase().replace(/^0+(?=.)/, '')
  if (plain(kept.data.serialNumber) !== plain(told.serialNumber)) return false
  return kept.data.hashAlgorithm !== told.hashAlgorithm || kept.data.issuerNameHash.toLowerCase() === told.issuerNameHash.toLowerCase()
}
