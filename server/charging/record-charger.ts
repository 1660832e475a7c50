import type { ChargingEvent } from '#lib/charging/event.ts'
import { doubtAfterBoot } from '../store/fallback.ts'
import { type Noted, noted, type Recording, write } from './recording.ts'

type Of<Kind extends ChargingEvent['kind']> = Extract<ChargingEvent, { kind: Kind }>

export async function recordConnected(recording: Recording, event: Of<'connected'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const at = new Date(receivedAt)
  const { address, link, raised } = event
  const how = link && {
    connectedProfile: link.profile,
    tlsVersion: link.tlsVersion,
    certificateEndsAt: link.certificateEndsAt === null ? null : new Date(link.certificateEndsAt),
  }
  const risen = raised === undefined ? {} : { securityProfile: raised, nextProfile: null, nextProfileAt: null }
  await db.charger.update({ where: { id: charger.id }, data: { connectedAt: at, seenAt: at, ...how, ...risen } })
  write(recording, 'charger.connected', `charger:${charger.id}`, { address, ...(link && { profile: link.profile, tls: link.tlsVersion }) })
  if (raised !== undefined) write(recording, 'charger.profileRaised', `charger:${charger.id}`, { profile: raised })
  return noted(recording, event)
}

export async function recordDisconnected(recording: Recording, event: Of<'disconnected'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  await db.charger.update({ where: { id: charger.id }, data: { connectedAt: null, disconnectedAt: new Date(receivedAt) } })
  write(recording, 'charger.disconnected', `charger:${charger.id}`, { code: event.code })
  return noted(recording, event)
}

export async function recordBooted(recording: Recording, event: Of<'booted'>): Promise<Noted> {
  const { db, charger, receivedAt } = recording
  const { vendor, model, serial, firmware } = event
  const at = new Date(receivedAt)
  await doubtAfterBoot(db, charger.id, firmware ?? null, receivedAt)
  await db.charger.update({
    where: { id: charger.id },
    data: { vendor, model, serial: serial ?? null, firmware: firmware ?? null, bootedAt: at, seenAt: at, ...event.meter },
  })
  write(recording, 'charger.booted', `charger:${charger.id}`, { vendor, model, serial, firmware })
  return noted(recording, event)
}

export async function recordHeard(recording: Recording, event: Of<'heard'>): Promise<Noted> {
  await recording.db.charger.update({ where: { id: recording.charger.id }, data: { seenAt: new Date(recording.receivedAt) } })
  return noted(recording, event)
}

export async function recordAuthorized(recording: Recording, event: Of<'authorized'>): Promise<Noted> {
  const { idTag, verdict } = event
  write(recording, verdict === 'accepted' ? 'token.accepted' : 'token.refused', `charger:${recording.charger.id}`, { idTag, verdict })
  return noted(recording, event)
}
