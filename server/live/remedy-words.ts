import { limitText } from '#lib/format/energy.ts'
import type { Words } from '#lib/planning/explain.ts'
import type { Held } from '#lib/planning/held.ts'
import type { Cause, Remedy } from '#lib/planning/plan-result.ts'

/** What a person could do about a shortfall, and what it would bring. */
export function remedyWords(remedy: Remedy, words: Words): { word: string; effect: string } {
  const name = (of: ((id: string) => string) | undefined, id: string) => of?.(id) ?? id
  switch (remedy.kind) {
    case 'departLater':
      return { word: `Leave at ${words.time(remedy.at)}`, effect: 'It has all it needs by then.' }
    case 'useStrongerPort':
      return { word: `Use a port of ${limitText(remedy.minW)} or more`, effect: 'It is ready in time there.' }
    case 'raiseLimit':
      return { word: `Free ${limitText(remedy.byW)} at ${name(words.node, remedy.node)}`, effect: 'Enough for it to be ready in time.' }
    case 'chargeFirst':
      return { word: 'Charge it first', effect: 'It goes before all others, at any price.' }
    case 'plugIn':
      return { word: `Plug it in by ${words.time(remedy.by)}`, effect: 'Then there is time enough.' }
    case 'reconnectCharger':
      return { word: `Reconnect the charger at ${name(words.port, remedy.port)}`, effect: 'Then it follows the plan again.' }
    case 'takeIntoUse':
      return intoUse(remedy.held.why, name(words.port, remedy.port))
    case 'release':
      return { word: `Release ${name(words.node, remedy.node)}`, effect: 'It is locked out: nothing under it charges until then.' }
    case 'liftStop':
      return { word: 'Lift the stop', effect: 'Everything is stopped: nothing charges until then.' }
  }
}

const intoUse = (why: Held['why'], port: string): { word: string; effect: string } => {
  if (why === 'overLimit')
    return {
      word: `Have the charger at ${port} checked, then take it back into use`,
      effect: 'It drew more than its limit and was stopped.',
    }
  if (why === 'unconfirmed')
    return { word: `Have the charger at ${port} confirm its fallback limit`, effect: 'The site has no room for its full power until then.' }
  return { word: `Take the charger at ${port} back into use`, effect: 'Nothing charges there until then.' }
}

/** What several vehicles may have in common that leave short. */
export function sharedCause(cause: Cause, words: Words): string {
  switch (cause.kind) {
    case 'nodeFull':
      return `${words.node?.(cause.node) ?? cause.node} is full`
    case 'portPower':
      return 'their ports are too weak'
    case 'tooLittleTime':
      return 'too little time to charge'
    case 'notPlugged':
      return 'not plugged in'
    case 'chargerOffline':
      return 'their chargers cannot be reached'
    case 'outOfUse':
      return 'their chargers are out of use'
    case 'lockedOut':
      return `${words.node?.(cause.node) ?? cause.node} is locked out`
    case 'stopAll':
      return 'everything is stopped'
  }
}
