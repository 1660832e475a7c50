import { z } from 'zod'
import { scheduleHeartbeat } from './boot.ts'
import { changeConfiguration, listConfiguration, MOST_LISTED, MOST_LISTED_AT_ONCE } from './configuration.ts'
import type { Memory, TagInfo } from './memory.ts'
import { give, type Row, row, say } from './row.ts'
import { securityEvent } from './security-event.ts'
import { mayRaiseTo } from './security-profile.ts'
import { hasFault, isOn, type Station, setting } from './station.ts'

const tagInfo = z.object({
  status: z.enum(['Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx']),
  expiryDate: z.string().optional(),
  parentIdTag: z.string().optional(),
})

export const CONFIGURATION_ANSWERS: Record<string, Row> = {
  GetConfiguration: row(z.object({ key: z.array(z.string()).optional() }), ({ memory, model, ports }, { key }) =>
    give(listConfiguration(memory.configuration, model, ports.length, key)),
  ),

  ChangeConfiguration: row(z.object({ key: z.string().max(50), value: z.string().max(500) }), (station, { key, value }) => {
    const before = setting(station, 'SecurityProfile')
    if (key === 'SecurityProfile' && !mayRaiseTo(station, Number(value))) return say('Rejected')
    const status = changeConfiguration(station.memory.configuration, station.model, station.ports.length, key, value)
    return say(status, () => {
      if (key === 'SecurityProfile' && value !== before) station.formerProfile = before
      if (status === 'Accepted') EFFECTS[key]?.(station, value)
    })
  }),

  ClearCache: row(z.object({}), (station) => {
    if (!isOn(station, 'AuthorizationCacheEnabled')) return say('Rejected')
    station.memory.cache = {}
    return say('Accepted')
  }),

  // -1: this charger keeps no list now (§5.10)
  GetLocalListVersion: row(z.object({}), (station) =>
    give({ listVersion: isOn(station, 'LocalAuthListEnabled') ? station.memory.localList.version : -1 }),
  ),

  SendLocalList: row(
    z.object({
      listVersion: z.int(),
      updateType: z.enum(['Differential', 'Full']),
      localAuthorizationList: z.array(z.object({ idTag: z.string().max(20), idTagInfo: tagInfo.optional() })).default([]),
    }),
    (station, update) => {
      if (!isOn(station, 'LocalAuthListEnabled')) return say('NotSupported')
      if (hasFault(station, (fault) => fault.refusesList)) return say('Failed')
      const { memory } = station
      const tags = merged(memory.localList, update)
      if (typeof tags === 'string') return say(tags)
      memory.localList = { version: update.listVersion, tags }
      return say('Accepted')
    },
  ),
}

type ListUpdate = {
  listVersion: number
  updateType: 'Differential' | 'Full'
  localAuthorizationList: { idTag: string; idTagInfo?: TagInfo }[]
}

/** The list as it will be, or why not (§5.15): a differential update must be newer, a full one names each tag once and completely. */
function merged(held: Memory['localList'], update: ListUpdate): Record<string, TagInfo> | 'VersionMismatch' | 'Failed' {
  const { listVersion, updateType, localAuthorizationList: entries } = update
  const isFull = updateType === 'Full'
  if (!isFull && listVersion <= held.version) return 'VersionMismatch'
  const isOdd = new Set(entries.map(({ idTag }) => idTag)).size < entries.length || (isFull && entries.some(({ idTagInfo }) => !idTagInfo))
  if (listVersion < 1 || isOdd || entries.length > MOST_LISTED_AT_ONCE) return 'Failed'
  const tags: Record<string, TagInfo> = isFull ? {} : { ...held.tags }
  for (const { idTag, idTagInfo } of entries) {
    if (idTagInfo) tags[idTag] = idTagInfo
    else delete tags[idTag]
  }
  return Object.keys(tags).length > MOST_LISTED ? 'Failed' : tags
}

/** What a changed key changes at once. */
const EFFECTS: Record<string, (station: Station, value: string) => void> = {
  HeartbeatInterval: (station) => scheduleHeartbeat(station),
  WebSocketPingInterval: (station) => station.link.startPing(),
  // the new key counts from the next connection on: the charger makes it at once (security whitepaper, A01)
  AuthorizationKey: (station, value) => {
    station.memory.password = value
    securityEvent(station, 'ReconfigurationOfSecurityParameters', 'AuthorizationKey')
    station.link.drop()
  },
  // it comes back by the new way (A05)
  SecurityProfile: (station) => {
    securityEvent(station, 'ReconfigurationOfSecurityParameters', 'SecurityProfile')
    station.failures = 0
    station.link.drop()
  },
}
