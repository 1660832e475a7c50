import type { Answers } from '../ocpp/conformance16/test-world.ts'

export type Keeper = {
  version: number
  tags: Map<string, Record<string, unknown>>
  /** What it answers the next SendLocalList with, one after the other; then by the text of OCPP 1.6. */
  says: string[]
  cleared: number
  answers: Answers
}

/** A charger that keeps a local list as OCPP 1.6 §5.15 says; for tests. */
export function keeper(settings: Record<string, string> = {}): Keeper {
  const configuration = {
    SupportedFeatureProfiles: 'Core,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger',
    LocalAuthListMaxLength: '100',
    SendLocalListMaxLength: '10',
    LocalAuthListEnabled: 'true',
    AuthorizationCacheEnabled: 'true',
    NumberOfConnectors: '2',
    ...settings,
  }
  const state: Keeper = { version: 0, tags: new Map(), says: [], cleared: 0, answers: {} }
  state.answers = {
    GetConfiguration: () => ({
      configurationKey: Object.entries(configuration).map(([key, value]) => ({ key, value, readonly: key.endsWith('Length') })),
      unknownKey: [],
    }),
    GetLocalListVersion: () => ({ listVersion: state.version }),
    ClearCache: () => {
      state.cleared++
      return { status: 'Accepted' }
    },
    SendLocalList: (params) => {
      const {
        listVersion,
        updateType,
        localAuthorizationList = [],
      } = params as {
        listVersion: number
        updateType: string
        localAuthorizationList?: { idTag: string; idTagInfo?: Record<string, unknown> }[]
      }
      const said = state.says.shift()
      if (said === 'mute') return new Promise(() => {})
      if (said) return { status: said }
      if (localAuthorizationList.length > Number(configuration.SendLocalListMaxLength)) return { status: 'Failed' }
      if (updateType === 'Differential' && listVersion <= state.version) return { status: 'VersionMismatch' }
      if (updateType === 'Full') state.tags = new Map()
      for (const { idTag, idTagInfo } of localAuthorizationList) {
        if (idTagInfo) state.tags.set(idTag, idTagInfo)
        else state.tags.delete(idTag)
      }
      if (state.tags.size > Number(configuration.LocalAuthListMaxLength)) return { status: 'Failed' }
      state.version = listVersion
      return { status: 'Accepted' }
    },
  }
  return state
}
