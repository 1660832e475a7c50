import type { Clock } from '#server/clock.ts'
import type { Database, Db } from './database.ts'
import { appendJournal, type JournalLine } from './journal.ts'
import { readSetting, writeSetting } from './setting.ts'

const OPERATOR = 'security.operator'

/** The organisation that certificates of chargers name (O). */
export const readOperator = async (db: Db): Promise<string> => {
  const kept = await readSetting(db, OPERATOR)
  return typeof kept === 'string' && kept !== '' ? kept : 'Yardwatt'
}
export const writeOperator = (db: Db, operator: string) => writeSetting(db, OPERATOR, operator)

export type OwnCertificate = {
  kind: 'root' | 'server'
  state: string
  pem: string
  subject: string
  serial: string
  fingerprint: string
  notBefore: Date
  notAfter: Date
}

/** Our own certificates as they are now, known by their fingerprint; those that are gone are kept as retired. New ones are told. */
export async function keepAuthority({ prisma }: Database, clock: Clock, own: OwnCertificate[]): Promise<void> {
  const now = new Date(clock.real())
  await prisma.$transaction(async (db) => {
    const known = await db.certificate.findMany({ where: { chargerId: null, kind: { in: ['root', 'server'] } } })
    const lines: JournalLine[] = []
    for (const each of own) {
      const { fingerprint, state, subject, kind } = each
      const there = known.find((row) => row.fingerprint === fingerprint && row.kind === kind)
      if (there && there.state === state) continue
      const id = there?.id ?? `${kind}-${fingerprint.slice(0, 16)}`
      const data = { ...each, stateAt: now }
      await db.certificate.upsert({ where: { id }, create: { id, createdBy: 'system', createdAt: now, ...data }, update: data })
      lines.push({ actor: 'system', kind: `security.${kind}Certificate`, subject: id, data: { subject, fingerprint, state } })
    }
    const gone = known.filter(
      (row) => row.state !== 'retired' && !own.some((each) => each.fingerprint === row.fingerprint && each.kind === row.kind),
    )
    for (const { id } of gone) await db.certificate.update({ where: { id }, data: { state: 'retired', stateAt: now } })
    await appendJournal(db, clock.now(), clock.real(), lines)
  })
}

/** What a certificate of a charger may name it by; and the names of all others, which it may not use. */
export async function namesOfCharger(db: Db, id: string): Promise<{ own: string[]; others: string[] }> {
  const select = { id: true, identity: true, serial: true, registeredSerial: true }
  const charger = await db.charger.findUniqueOrThrow({ where: { id }, select })
  const own = [charger.identity, charger.registeredSerial, charger.serial].filter((name) => name !== null && name !== '') as string[]
  const others = await db.charger.findMany({
    where: { id: { not: id }, OR: [{ identity: { in: own } }, { serial: { in: own } }, { registeredSerial: { in: own } }] },
    select,
  })
  return {
    own,
    others: others.flatMap((each) => [each.identity, each.serial, each.registeredSerial].filter((name) => name !== null)) as string[],
  }
}

/** Fingerprints of the roots that our server certificate comes from now, and will come from. */
export const activeRoots = async (db: Db): Promise<string[]> => {
  const rows = await db.certificate.findMany({ where: { chargerId: null, kind: 'root', state: 'active' }, select: { fingerprint: true } })
  return rows.flatMap(({ fingerprint }) => fingerprint ?? [])
}

/** Of each charger the newest events stay: one that reports without end fills no disk. @returns how many went */
export const thinSecurityEvents = (db: Db, most: number): Promise<number> =>
  db.$executeRaw`
    DELETE FROM security_event e USING (
      SELECT id, row_number() OVER (PARTITION BY charger_id ORDER BY id DESC) AS place FROM security_event
    ) ranked WHERE ranked.id = e.id AND ranked.place > ${most}`

/** It only rises. */
export const setLeastProfile = (db: Db, id: string, profile: number) =>
  db.charger.updateMany({
    where: { id, securityProfile: { lt: profile } },
    data: { securityProfile: profile, nextProfile: null, nextProfileAt: null },
  })

/** Only what never rose may be let in without a password. */
export const allowNoPassword = (db: Db, id: string) =>
  db.charger.updateMany({ where: { id, securityProfile: 1 }, data: { securityProfile: 0 } })

export const setNextProfile = (db: Db, id: string, nextProfile: number | null, nextProfileAt: Date | null) =>
  db.charger.update({ where: { id }, data: { nextProfile, nextProfileAt }, select: { id: true } })

export const setRegisteredSerial = (db: Db, id: string, registeredSerial: string | null) =>
  db.charger.update({ where: { id }, data: { registeredSerial }, select: { id: true } })
