import type { Verdict } from '#lib/charging/event.ts'
import { iso } from '#lib/time/instant.ts'
import type { Authorisation } from '../../charging/authorise.ts'
import type { Answer } from '../said.ts'

const STATUS: Record<Verdict, string> = {
  accepted: 'Accepted',
  blocked: 'Blocked',
  expired: 'Expired',
  invalid: 'Invalid',
  concurrent: 'ConcurrentTx',
}

/** An authorisation in the words of 1.6 §7.27. */
export const idTagInfo = ({ verdict, expiresAt, parentIdTag }: Authorisation): Answer => ({
  status: STATUS[verdict],
  ...(expiresAt === undefined ? {} : { expiryDate: iso(expiresAt) }),
  ...(parentIdTag === undefined ? {} : { parentIdTag }),
})
