import type { z } from 'zod'
import type { chargerChange, newKeyInput, newKeyOutput, PortInput, registrationInput } from '#lib/api/provisioning.ts'
import type { Who } from '#server/auth/who.ts'
import { changeCharger } from '#server/charging/change-charger.ts'
import { changePorts } from '#server/charging/change-ports.ts'
import { beginRotation, forgetNextKey } from '#server/charging/key-rotation.ts'
import { restoreCharger } from '#server/charging/restore-charger.ts'
import { retireCharger } from '#server/charging/retire-charger.ts'
import { rotateChargerKey } from '#server/charging/rotate-key.ts'
import { setRegistration } from '#server/charging/set-registration.ts'
import { theirCharger } from '#server/charging/their-charger.ts'
import { rotationView } from '#server/live/provisioning-view.ts'
import type { Runtime } from '#server/runtime.ts'
import { provisionedCharger } from '#server/store/provisioning.ts'
import { askGateway } from './ask-gateway.ts'
import { chargerUrl } from './charger-url.ts'

// What the doors of the screens and those of other systems do alike with a charger: the verb, then word to the gateway and the viewers.

export type AskedCharger = { ctx: Runtime; who: { actor: string }; request: Request; depotId: string; chargerId: string }

/** The charger that another system names, by our id or its identity. @throws Problem `not-found` */
export async function theirs({
  ctx,
  who,
  request,
  params,
}: {
  ctx: Runtime
  who: Who
  request: Request
  params: { charger: string }
}): Promise<AskedCharger> {
  const { id: chargerId, depotId } = await theirCharger(ctx, who, params.charger)
  return { ctx, who, request, depotId, chargerId }
}

export async function change({ ctx, who, depotId, chargerId }: AskedCharger, input: z.output<typeof chargerChange>): Promise<{ ok: true }> {
  const { drop } = await changeCharger(ctx, { depotId, chargerId }, input, who.actor)
  return changed(ctx, depotId, chargerId, !drop)
}

export async function ports({ ctx, who, depotId, chargerId }: AskedCharger, input: PortInput[]): Promise<{ ok: true }> {
  await changePorts(ctx, { depotId, chargerId }, input, who.actor)
  return changed(ctx, depotId, chargerId)
}

export async function register(
  { ctx, who, depotId, chargerId }: AskedCharger,
  { registration, retryS }: z.output<typeof registrationInput>,
) {
  const { before } = await setRegistration(
    ctx,
    { depotId, chargerId, registration, ...(retryS === undefined ? {} : { retryS }) },
    who.actor,
  )
  const input = { depotId, chargerId, before, now: registration }
  const told = await tell(ctx, 'chargerRegistered', input).catch((error: unknown) => {
    ctx.log.warn({ err: error, chargerId }, 'the gateway was not told of a registration')
    return { detail: 'It is told when it connects again.' }
  })
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
  return { ok: true as const, detail: told.detail }
}

/** The key is told whatever becomes of the gateway: it is written down, and nobody could ask for it again. */
export async function newKey(
  asked: AskedCharger,
  { how, key: given }: z.output<typeof newKeyInput>,
): Promise<z.input<typeof newKeyOutput>> {
  const { ctx, who, depotId, chargerId } = asked
  const input = { depotId, chargerId, ...(given === undefined ? {} : { key: given }) }
  if (how === 'now') {
    const key = await rotateChargerKey(ctx, input, who.actor)
    // whoever came in with the old key is out, also when it is not the charger; a gateway that is away holds no sockets
    await changed(ctx, depotId, chargerId)
    return shown(asked, key)
  }
  const key = await beginRotation(ctx, input, who.actor)
  await tell(ctx, 'sendNextKey', { depotId, chargerId, key, actor: who.actor }).catch((error: unknown) =>
    ctx.log.warn({ err: error, chargerId }, 'a new key was not sent: the gateway is away'),
  )
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
  return shown(asked, key)
}

export async function giveKeyUp({ ctx, who, depotId, chargerId }: AskedCharger): Promise<{ ok: true }> {
  await forgetNextKey(ctx, { depotId, chargerId }, who.actor)
  return changed(ctx, depotId, chargerId, true)
}

export async function retire({ ctx, who, depotId, chargerId }: AskedCharger, force: boolean): Promise<{ ok: true }> {
  await retireCharger(ctx, { depotId, chargerId, force }, who.actor)
  return changed(ctx, depotId, chargerId)
}

export async function restore(asked: AskedCharger, given: string | undefined): Promise<z.input<typeof newKeyOutput>> {
  const { ctx, who, depotId, chargerId } = asked
  const { key } = await restoreCharger(ctx, { depotId, chargerId, ...(given === undefined ? {} : { key: given }) }, who.actor)
  await changed(ctx, depotId, chargerId)
  return shown(asked, key)
}

async function shown({ ctx, request, depotId, chargerId }: AskedCharger, key: string): Promise<z.input<typeof newKeyOutput>> {
  const charger = (await provisionedCharger(ctx.db.prisma, depotId, chargerId))!
  return { key, url: chargerUrl(ctx, request, charger.identity), rotation: rotationView(charger) }
}

/** A line that broke just now says nothing of the gateway: what is in the books must also be so at the sockets, so it is told once more. */
const tell: typeof askGateway = (ctx, verb, input) => askGateway(ctx, verb, input).catch(() => askGateway(ctx, verb, input))

/** `keep`: its socket may go on as it is. */
async function changed(ctx: Runtime, depotId: string, chargerId: string, keep = false): Promise<{ ok: true }> {
  await tell(ctx, 'chargerChanged', keep ? { chargerId, keep } : { chargerId }).catch((error: unknown) =>
    ctx.log.warn({ err: error, chargerId }, 'no socket was dropped'),
  )
  ctx.feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
  return { ok: true }
}
