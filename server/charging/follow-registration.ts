import type { Registration } from '#lib/api/provisioning.ts'
import type { Ctx } from '#server/runtime.ts'

/**
 * A person has decided about a charger: what follows at its socket, in a sentence. One that was pending is asked to boot anew, and waits
 * out its interval if it does not understand that; whoever was held back or let in otherwise comes in again.
 */
export async function followRegistration(
  { links, feed, wakes }: Pick<Ctx, 'links' | 'feed' | 'wakes'>,
  { depotId, chargerId, before, now }: { depotId: string; chargerId: string; before: Registration; now: Registration },
): Promise<string> {
  wakes.replan(depotId, 'a charger was changed')
  feed.publish({ kind: 'changed', depotId, what: 'chargers', id: chargerId })
  if (before === now) return 'It is as it was.'
  if (before === 'pending' && now === 'accepted') {
    if (!links.online(chargerId)) return 'It is offline: it is accepted when it connects.'
    const answer = await links.call(chargerId, { kind: 'trigger', message: 'BootNotification' }, { deadlineMs: 10_000 })
    return answer.kind === 'accepted'
      ? 'It was asked to register anew, and is in service in a moment.'
      : 'It cannot be asked to register anew: it is in service when it asks again by itself.'
  }
  links.drop(chargerId)
  return SENTENCES[now]
}

const SENTENCES: Record<Registration, string> = {
  accepted: 'It is in service when it comes back.',
  pending: 'Its connection is closed; when it comes back it waits for approval.',
  rejected: 'Its connection is closed; when it comes back it is told to wait, and nothing it says is handled.',
}
