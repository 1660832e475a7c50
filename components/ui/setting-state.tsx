import type { RuledCharger, SettingRow } from '#lib/api/configuration.ts'
import type { StatusKind } from './mark.tsx'
import { Status } from './status.tsx'

const STATES: Record<SettingRow['state'], { kind: StatusKind; word: string }> = {
  same: { kind: 'normal', word: 'As wanted' },
  differs: { kind: 'caution', word: 'Differs' },
  unknown: { kind: 'caution', word: 'Not told' },
  needsReboot: { kind: 'paused', word: 'Wants a restart' },
  refused: { kind: 'serious', word: 'Refused' },
  readOnly: { kind: 'off', word: 'Read-only' },
  notTold: { kind: 'off', word: 'Not read yet' },
}

/** How a setting stands to what is wanted; the sentence on hover and for screen readers. */
export function SettingState({ setting: { state, words } }: { setting: SettingRow }) {
  const { kind, word } = STATES[state]
  return (
    <span title={words}>
      <Status kind={kind} word={word} />
      <span className="sr-only">. {words}</span>
    </span>
  )
}

export const FROM: Record<SettingRow['from'], string> = {
  group: 'its group',
  model: 'its model',
  offlinePolicy: 'offline policy',
  everyCharger: 'every charger',
}

const LISTS: Record<RuledCharger['list']['state'], { kind: StatusKind; word: string }> = {
  synced: { kind: 'normal', word: 'Up to date' },
  waits: { kind: 'paused', word: 'Waits' },
  failed: { kind: 'serious', word: 'Failed' },
  unsupported: { kind: 'off', word: 'None' },
  off: { kind: 'off', word: 'Off' },
}

/** How a charger's list of cards stands. */
export function ListState({ list: { state } }: { list: RuledCharger['list'] }) {
  return <Status kind={LISTS[state].kind} word={LISTS[state].word} />
}
