import type { CommandState } from './latency.ts'

/** What a command asked for, as people say it. Words: docs/glossary.md. */
const ASKED: Record<string, string> = {
  start: 'Start charging',
  stop: 'Stop charging',
  limit: 'Limit a port',
  prioritise: 'Charge first',
  departure: 'Move a departure',
  reset: 'Restart',
  availability: 'Take in or out of use',
  trigger: 'Ask for a message',
  getConfiguration: 'Read the configuration',
  changeConfiguration: 'Change the configuration',
  clearProfiles: 'Clear limits',
  compositeSchedule: 'Ask for the limit in force',
}

const STATES: Record<CommandState, string> = {
  queued: 'Under way: not planned yet',
  planned: 'Under way: planned',
  sent: 'Under way: sent to the charger',
  accepted: 'Under way: accepted, effect not seen yet',
  seen: 'Effect seen',
  ackOnly: 'Accepted, effect not measurable',
  refused: 'Refused by the charger',
  failed: 'Failed',
  timeout: 'Took too long',
  superseded: 'Replaced by a newer command',
  noop: 'Nothing to do',
  rejected: 'Refused by a rule',
}

const SOURCES: Record<string, string> = { screen: 'from a screen', api: 'through the API', dispatch: 'from dispatch' }

export const askedWords = (kind: string): string => ASKED[kind] ?? spaced(kind)
export const stateWords = (state: CommandState): string => STATES[state]
export const sourceWords = (source: string): string => SOURCES[source] ?? spaced(source)

const spaced = (text: string): string => text.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
