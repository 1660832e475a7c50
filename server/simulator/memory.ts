import type { Instant } from '#lib/time/instant.ts'
import type { CertificateUse } from './certificates.ts'
import { defaultConfiguration } from './configuration.ts'
import type { Update } from './firmware-update.ts'
import type { Payload } from './frame.ts'
import type { Installed } from './limit.ts'
import type { Model } from './model.ts'

// What a charger keeps in its flash. Plain JSON, so that a demo can go on where it stopped.

export type TagInfo = { status: 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx'; expiryDate?: string; parentIdTag?: string }
export type Transaction = {
  /** The charger's own number; the central system's is unknown until StartTransaction is answered. */
  key: number
  transactionId?: number
  idTag: string
  startedAt: Instant
  meterStartWh: number
}
export type PortMemory = {
  /** The energy meter survives everything: it is a device of its own. */
  registerWh: number
  operative: boolean
  transaction?: Transaction
}
export type Reservation = { id: number; connectorId: number; idTag: string; parentIdTag?: string; expiresAt: Instant }
/** What the charger shows in the TLS handshake of security profile 3; both PEM. */
export type OwnCertificate = { certificate: string; privateKey: string }
/** A transaction message waits here until it is answered; `transaction` is put in when the central system has named it. */
export type Queued = { id: string; action: string; payload: Payload; transaction: number; attempts: number }

export type Memory = {
  password?: string
  configuration: Record<string, string>
  profiles: Installed[]
  queue: Queued[]
  /** key → transactionId, of transactions that still have queued messages. */
  named: Record<string, number>
  nextKey: number
  operative: boolean
  ports: PortMemory[]
  localList: { version: number; tags: Record<string, TagInfo> }
  cache: Record<string, TagInfo>
  reservations: Reservation[]
  /** PEM. */
  roots: Record<CertificateUse, string[]>
  own?: OwnCertificate
  /** The one before the last renewal, in case the new one does not open the door. */
  formerOwn?: OwnCertificate
  /** Private key of the request that waits to be signed. */
  unsignedKey?: string
  /** What runs, when it was updated since the factory. */
  firmware?: string
  update?: Update
  securityLog: string[]
}

export const freshMemory = (model: Model, ports: number, password?: string, registerWh = 0): Memory => ({
  password,
  configuration: defaultConfiguration(model, ports),
  profiles: [],
  queue: [],
  named: {},
  nextKey: 1,
  operative: true,
  ports: Array.from({ length: ports }, () => ({ registerWh, operative: true })),
  localList: { version: 0, tags: {} },
  cache: {},
  reservations: [],
  roots: { CentralSystemRootCertificate: [], ManufacturerRootCertificate: [] },
  securityLog: [],
})

/** A flash that was written by an older simulator has all that this one looks for. */
export function completed(old: Memory, model: Model, ports: number): Memory {
  const fresh = freshMemory(model, ports)
  return { ...fresh, ...old, configuration: { ...fresh.configuration, ...old.configuration } }
}

/** A reboot of a model that forgets: only its firmware, its meters, its key and its certificates stay. */
export function forgetEverything(memory: Memory, model: Model): void {
  const fresh = freshMemory(model, memory.ports.length, memory.password)
  const registers = memory.ports.map((port) => port.registerWh)
  const { nextKey, roots, own, firmware, update, securityLog } = memory
  // transaction keys go on counting: message ids must not repeat
  Object.assign(memory, fresh, { nextKey, roots, own, firmware, update, securityLog })
  for (const [i, registerWh] of registers.entries()) memory.ports[i]!.registerWh = registerWh
}
