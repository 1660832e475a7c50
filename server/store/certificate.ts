import type { Instant } from '#lib/time/instant.ts'
import type { Db } from './database.ts'
import type { Prisma } from './generated/client.ts'

/** Certificates of chargers and in chargers. Their moments are real time. */
export type CertificateKind = 'charger' | 'centralSystemRoot' | 'manufacturerRoot'

/** Chargers that wait for a certificate that they asked for. */
export const waitingChargers = async (db: Db): Promise<string[]> => {
  const rows = await db.certificate.findMany({
    where: { kind: 'charger', state: { in: ['asked', 'signed', 'sent'] }, chargerId: { not: null } },
    distinct: ['chargerId'],
    select: { chargerId: true },
  })
  return rows.map(({ chargerId }) => chargerId!)
}

/** What a charger waits for; the newest. */
export const waitingCertificate = (db: Db, chargerId: string) =>
  db.certificate.findFirst({
    where: { chargerId, kind: 'charger', state: { in: ['asked', 'signed', 'sent'] } },
    orderBy: { createdAt: 'desc' },
  })

export const findCertificate = (db: Db, chargerId: string, id: string) => db.certificate.findFirst({ where: { id, chargerId } })

export const changeCertificate = (db: Db, id: string, now: Instant, data: Prisma.CertificateUpdateInput) =>
  db.certificate.update({ where: { id }, data: { ...data, stateAt: new Date(now) } })

export const addCertificate = (db: Db, now: Instant, data: Omit<Prisma.CertificateUncheckedCreateInput, 'createdAt' | 'stateAt'>) =>
  db.certificate.create({ data: { ...data, createdAt: new Date(now), stateAt: new Date(now) } })

/** A charger came in with this certificate: whatever it answered when it got it, it has taken it. */
export const confirmCertificate = (db: Db, chargerId: string, fingerprint: string, now: Instant) =>
  db.certificate.updateMany({
    where: { chargerId, kind: 'charger', fingerprint, state: { in: ['sent', 'signed'] } },
    data: { state: 'accepted', stateAt: new Date(now), detail: null },
  })

/** All of a charger's certificates that are of interest: what is gone long since is left out. */
export const certificatesOf = (db: Db, chargerId: string) =>
  db.certificate.findMany({ where: { chargerId }, orderBy: [{ kind: 'asc' }, { createdAt: 'desc' }], take: 50 })

/** The certificate that each charger of these would prove itself with, and that ends before `until`. */
export const endingCertificates = (db: Db, until: Instant) =>
  db.certificate.findMany({
    where: {
      kind: 'charger',
      state: 'accepted',
      chargerId: { not: null },
      charger: { retiredAt: null },
      notAfter: { lt: new Date(until) },
    },
    include: { charger: { select: { id: true, name: true, depotId: true } } },
  })

/** A newer one than `after` has been issued or is under way. */
export const hasNewerCertificate = async (db: Db, chargerId: string, notAfter: Date): Promise<boolean> =>
  (await db.certificate.findFirst({
    where: {
      chargerId,
      kind: 'charger',
      OR: [{ state: 'accepted', notAfter: { gt: notAfter } }, { state: { in: ['asked', 'signed', 'sent'] } }],
    },
    select: { id: true },
  })) !== null

/** Chargers in service that come over TLS, or should, and do not hold this root. */
export const chargersLacking = (db: Db, fingerprint: string) =>
  db.charger.findMany({
    where: {
      retiredAt: null,
      OR: [{ securityProfile: { gte: 2 } }, { connectedProfile: { gte: 2 } }],
      certificates: { none: { kind: 'centralSystemRoot', fingerprint, state: 'installed' } },
    },
    select: {
      id: true,
      name: true,
      depotId: true,
      connectedAt: true,
      certificates: {
        where: { kind: 'centralSystemRoot', fingerprint },
        orderBy: { createdAt: 'desc' },
        take: 1,
        select: { state: true, detail: true },
      },
    },
    orderBy: { name: 'asc' },
  })
