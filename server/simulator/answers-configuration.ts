import { z } from 'zod'
import { scheduleHeartbeat } from './boot.ts'
import { changeConfiguration, listConfiguration } from './configuration.ts'
import type { TagInfo } from './memory.ts'
import { give, type Row, row, say } from './row.ts'
import type { Station } from './station.ts'

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
    const status = changeConfiguration(station.memory.configuration, station.model, station.ports.length, key, value)
    return say(status, () => {
      if (status === 'Accepted') EFFECTS[key]?.(station, value)
    })
  }),

  ClearCache: row(z.object({}), ({ memory }) => {
    memory.cache = {}
    return say('Accepted')
  }),

  GetLocalListVersion: row(z.object({}), ({ memory }) => give({ listVersion: memory.localList.version })),

  SendLocalList: row(
    z.object({
      listVersion: z.int(),
      updateType: z.enum(['Differential', 'Full']),
      localAuthorizationList: z.array(z.object({ idTag: z.string(), idTagInfo: tagInfo.optional() })).optional(),
    }),
    ({ memory }, { listVersion, updateType, localAuthorizationList = [] }) => {
      if (updateType === 'Differential' && listVersion <= memory.localList.version) return say('VersionMismatch')
      const tags: Record<string, TagInfo> = updateType === 'Full' ? {} : { ...memory.localList.tags }
      for (const { idTag, idTagInfo } of localAuthorizationList) {
        if (idTagInfo) tags[idTag] = idTagInfo
        else delete tags[idTag]
      }
      memory.localList = { version: listVersion, tags }
      return say('Accepted')
    },
  ),
}

/** What a changed key changes at once. */
const EFFECTS: Record<string, (station: Station, value: string) => void> = {
  HeartbeatInterval: (station) => scheduleHeartbeat(station),
  WebSocketPingInterval: (station) => station.link.startPing(),
  // the new key counts from the next connection on: the charger makes it at once (security whitepaper, A01)
  AuthorizationKey: (station, value) => {
    station.memory.password = value
    station.link.drop()
  },
}
