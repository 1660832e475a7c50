import type { Instant } from '#lib/time/instant.ts'
import { defaultConfiguration } from './configuration.ts'
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
})

/** A reboot of a model that forgets: only its key and its meters stay. */
export function forgetEverything(memory: Memory, model: Model): void {
  const fresh = freshMemory(model, memory.ports.length, memory.password)
  const registers = memory.ports.map((port) => port.registerWh)
  // transaction keys go on counting: message ids must not repeat
  Object.assign(memory, fresh, { nextKey: memory.nextKey })
  for (const [i, registerWh] of registers.entries()) memory.ports[i]!.registerWh = registerWh
}
