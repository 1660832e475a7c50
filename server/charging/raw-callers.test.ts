import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// Whatever may raise power passes the envelope (docs/decisions, spec "ocpp"). `sendCall` asks it for everybody; who speaks to a charger
// past it stands here, with why that is safe. A new one fails this test until somebody has thought about it.

const ROOT = join(import.meta.dirname, '..')
const OURS = /(?<!test-)(?<!\.test)\.ts$/

/** `links.call`, by file: how often, and why it needs no envelope of its own. */
const ALLOWED: Record<string, [times: number, why: string]> = {
  'charging/send-call.ts': [1, 'asks the envelope itself, under the depot’s lock'],
  'planning/carry-out.ts': [1, 'sends what the reconciler has decided under the envelope'],
  'planning/obedience.ts': [3, 'stops, takes out of use, asks for a reading: raises nothing'],
  'charging/stop-all.ts': [1, 'stops'],
  'charging/start-session.ts': [1, 'a start; its port has its accepted fallback until the plan’s limit comes, and callers ask whyNotStart'],
  'charging/key-rotation.ts': [1, 'the key only'],
  'charging/follow-registration.ts': [1, 'asks for a BootNotification'],
  'configuration/repair.ts': [2, 'desired keys: askGuarded asks the envelope for those that may lift limits'],
  'configuration/watch-settings.ts': [1, 'as repair.ts'],
  'fleet/command.ts': [1, 'stops'],
  'fleet/commands.ts': [1, 'asks for a reading'],
  'reservations/reserve.ts': [1, 'keeps a port free'],
  'reservations/cancel.ts': [1, 'gives a port free, nothing starts by it'],
  'tokens/clear-cache.ts': [1, 'cards'],
  'tokens/sync-list.ts': [2, 'cards'],
  'compatibility/desk.ts': [1, 'probes within the room that the check has reserved'],
  'compatibility/default-profile.ts': [3, 'as desk.ts'],
  'compatibility/probe-restart.ts': [1, 'as desk.ts'],
  'compatibility/probe-vehicle.ts': [1, 'asks for a reading'],
  'compatibility/probes-talk.ts': [1, 'asks for messages'],
  'ocpp/commission.ts': [2, 'commissioning, before its ports are relied on'],
}
/** Hand `call` on from one process or layer to the next; they decide nothing. */
const PIPES: Record<string, number> = { 'gateway.ts': 1, 'gateway/compose.ts': 1, 'link/serve.ts': 1 }

const CALLS = /\b(?:links|connection)\s*\.\s*call\s*\(/g

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((each) => {
    const path = folder === '' ? each.name : `${folder}/${each.name}`
    if (each.isDirectory()) return ['simulator', 'bench', 'night', 'tools', 'demo', 'generated'].includes(each.name) ? [] : sources(path)
    return OURS.test(each.name) && !each.name.startsWith('test-') ? [path] : []
  })
}

test('every path to a charger is known: through sendCall, or here with its reason', () => {
  const found = Object.fromEntries(
    sources('').flatMap((file) => {
      const times = readFileSync(join(ROOT, file), 'utf8').match(CALLS)?.length ?? 0
      return times > 0 ? [[file, times]] : []
    }),
  )
  const allowed = { ...Object.fromEntries(Object.entries(ALLOWED).map(([file, [times]]) => [file, times])), ...PIPES }
  expect(found).toEqual(allowed)
})

test('nobody takes `call` out of its links, where this test could not see it used', () => {
  const TAKEN = /\{[^{}\n]*\bcall\b[^{}\n]*\}\s*=\s*[\w.]*links\b|links\s*\[|=\s*[\w.]*links\.call\b(?!\()/
  for (const file of sources('')) expect([file, TAKEN.test(readFileSync(join(ROOT, file), 'utf8'))]).toEqual([file, false])
})
