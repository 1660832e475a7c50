import { problem } from '#lib/api/problem.ts'
import { authorizationKeyOf } from '#lib/ocpp/charger-key.ts'
import { whyNotSend } from '#lib/ocpp/registration16.ts'
import type { ChargerAnswer, Ctx } from '#server/runtime.ts'
import { writeJournal } from '#server/store/journal.ts'
import { rotationOf, stepRotation, writeNextKey } from '#server/store/provisioning.ts'
import { hashChargerKey } from '../ocpp/key.ts'
import { theCharger } from './change-charger.ts'
import { keyFor } from './new-charger.ts'

// A key is rotated over OCPP (security whitepaper, A01): the next key is written down, then told to the charger, and becomes the key when it
// is first used (server/ocpp/admission.ts). Until then both open, so that no crash, silence or lost answer at any step shuts the charger out.

/**
 * Begins a rotation: from now on the next key opens too. @returns it, told once; the gateway sends it (`sendNextKey`)
 * @throws Problem `not-found`, `invalid` key, `conflict` when one that the charger may have taken already is still open
 */
export async function beginRotation(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId, key: given }: { depotId: string; chargerId: string; key?: string },
  actor: string,
): Promise<string> {
  return ctx.db.prisma.$transaction(async (db) => {
    const charger = await theCharger(db, depotId, chargerId)
    if (charger.keyHash === null) throw problem('conflict', `${charger.name} has no key to be followed by another. Give it one.`)
    if (charger.nextKeyHash !== null)
      throw problem(
        'conflict',
        'A new key is on its way, and the charger may have taken it. Wait until it is used, or give that one up before you send another.',
      )
    if (charger.connectedAt === null)
      throw problem('conflict', 'The charger is offline: it can be told a new key only while it is connected.')
    const why = whyNotSend(charger.registration, 'ChangeConfiguration')
    if (why !== undefined) throw problem('conflict', why)
    const { key, keyHash } = keyFor(charger.identity, given)
    if (authorizationKeyOf(key) === undefined) {
      const longest = 'A key that is sent to a charger has 32 to 40 hexadecimal digits, or at most 20 characters.'
      throw problem('invalid', `key: ${longest}`, { key: longest })
    }
    await writeNextKey(db, chargerId, keyHash, ctx.clock.now())
    await writeJournal(db, ctx.clock, {
      depotId,
      actor,
      kind: 'charger.keyRotation',
      subject: chargerId,
      data: { given: given !== undefined },
    })
    return key
  })
}

/** How long a charger that took its key may stay on the old connection (real ms): the whitepaper has it come back at once. */
const RECONNECTS_WITHIN_MS = 30_000

export type SendingKey = { depotId: string; chargerId: string; key: string; actor: string }
type Sending = Pick<Ctx, 'db' | 'clock' | 'links' | 'feed' | 'log'>

/**
 * Tells the charger its next key, and writes down what came of it. Resolves with that; a charger that took it and stays on its old
 * connection is sent off later.
 */
export async function sendNextKey(
  ctx: Sending,
  { depotId, chargerId, key, actor }: SendingKey,
  patienceMs = RECONNECTS_WITHIN_MS,
): Promise<string> {
  const value = authorizationKeyOf(key)
  if (value === undefined) throw problem('invalid', 'This key cannot be told over OCPP.')
  const hash = hashChargerKey(value)
  const step = async (state: string, detail?: string, forget = false) => {
    const stood = await stepRotation(ctx.db.prisma, chargerId, hash, ctx.clock.now(), {
      state,
      ...(detail === undefined ? {} : { detail }),
      forget,
    })
    ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
    return stood
  }
  // nobody is told a key that was given up meanwhile
  if (!(await step('sent'))) return 'cancelled'
  const answer = await ctx.links.call(chargerId, { kind: 'changeConfiguration', key: 'AuthorizationKey', value })
  const { state, detail, forget } = outcomeOf(answer)
  const stood = await step(state, detail, forget)
  if (state === 'refused')
    await writeJournal(ctx.db.prisma, ctx.clock, {
      depotId,
      actor,
      kind: 'charger.keyRefused',
      subject: chargerId,
      data: { reason: detail },
    })
  if (stood && state === 'taken') setTimeout(() => void sendOff(ctx, chargerId, hash), patienceMs).unref()
  return state
}

/** Only `Rejected` and `NotSupported` are told by a charger that did not take it; all else leaves both keys open. */
function outcomeOf(answer: ChargerAnswer): { state: string; detail?: string; forget?: boolean } {
  switch (answer.kind) {
    case 'accepted':
      return { state: answer.detail === 'rebootRequired' ? 'restart' : 'taken' }
    case 'refused':
      return REFUSALS.has(answer.reason)
        ? { state: 'refused', detail: answer.reason, forget: true }
        : { state: 'unsure', detail: answer.reason }
    case 'offline':
    case 'superseded':
      // the frame never left
      return { state: 'refused', detail: 'offline', forget: true }
    case 'timeout':
    case 'lost':
      return { state: 'unsure', detail: answer.kind }
  }
}
const REFUSALS = new Set(['Rejected', 'NotSupported', 'NotImplemented'])

/** Nothing is asked of it that could end a session: its socket is closed, and it comes back with one key or the other. */
async function sendOff({ db, links, log }: Sending, chargerId: string, hash: string): Promise<void> {
  try {
    const standing = await rotationOf(db.prisma, chargerId)
    if (standing?.nextKeyHash === hash) links.drop(chargerId)
  } catch (error) {
    log.warn({ err: error, charger: chargerId }, 'a charger with a new key could not be sent off')
  }
}

/** Gives a rotation up: the next key opens nothing. A charger that has taken it is shut out then, which the caller was told. */
export async function forgetNextKey(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  { depotId, chargerId }: { depotId: string; chargerId: string },
  actor: string,
): Promise<void> {
  await ctx.db.prisma.$transaction(async (db) => {
    const charger = await theCharger(db, depotId, chargerId)
    if (charger.nextKeyHash === null) throw problem('conflict', 'No new key is on its way.')
    await stepRotation(db, chargerId, charger.nextKeyHash, ctx.clock.now(), { state: 'cancelled', forget: true })
    await writeJournal(db, ctx.clock, { depotId, actor, kind: 'charger.keyRotationGivenUp', subject: chargerId })
  })
}
