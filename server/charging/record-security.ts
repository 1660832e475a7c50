import { randomUUID } from 'node:crypto'
import type { ChargingEvent } from '#lib/charging/event.ts'
import { asksForALook, securityEventMeaning } from '#lib/ocpp/security-events16.ts'
import { type Noted, noted, type Recording, write } from './recording.ts'

type Of<Kind extends ChargingEvent['kind']> = Extract<ChargingEvent, { kind: Kind }>

/** Kept once: a repetition is told to nobody. What asks for no look is born as seen. */
export async function recordSecurityEvent(recording: Recording, event: Of<'securityEvent'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const { critical } = securityEventMeaning(event.type)
  const seen = asksForALook(event.type) ? {} : { seenBy: 'system', seenAt: new Date(receivedAt) }
  const { count } = await db.securityEvent.createMany({
    data: [
      {
        chargerId: charger.id,
        depotId: charger.depotId,
        at: new Date(event.at),
        receivedAt: new Date(receivedAt),
        type: event.type,
        techInfo: event.info ?? null,
        critical,
        ...seen,
      },
    ],
    skipDuplicates: true,
  })
  if (count > 0) write(recording, 'security.chargerEvent', `charger:${charger.id}`, { type: event.type, critical, info: event.info })
  return noted(recording, event, {}, count > 0)
}

/** The same key is certified once; a new key takes the place of a request that waits. Always told: the charger waits for an answer. */
export async function recordCertificateAsked(recording: Recording, event: Of<'certificateAsked'>): Promise<Noted> {
  const { db, charger, realAt } = recording
  const now = new Date(realAt)
  const own = { chargerId: charger.id, kind: 'charger' }
  const known = await db.certificate.findFirst({ where: { ...own, keyDigest: event.keyDigest, state: { notIn: ['rejected', 'deleted'] } } })
  if (known) {
    // it asks again for what it has been sent, or never got: that is brought once more
    if (known.state === 'accepted' || known.state === 'sent')
      await db.certificate.update({ where: { id: known.id }, data: { state: 'signed', stateAt: now, attempts: 0 } })
    write(recording, 'security.certificateAskedAgain', `charger:${charger.id}`, { certificateId: known.id, state: known.state })
    return noted(recording, event)
  }
  await db.certificate.updateMany({
    where: { ...own, state: { in: ['asked', 'signed', 'sent'] } },
    data: { state: 'rejected', stateAt: now, detail: 'It asked for a certificate of another key.' },
  })
  const id = randomUUID()
  await db.certificate.create({
    data: {
      id,
      ...own,
      state: 'asked',
      csr: event.request,
      keyDigest: event.keyDigest,
      subject: event.name,
      createdBy: `charger:${charger.id}`,
      createdAt: now,
      stateAt: now,
    },
  })
  write(recording, 'security.certificateAsked', `charger:${charger.id}`, { certificateId: id, name: event.name })
  return noted(recording, event)
}
