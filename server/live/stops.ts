import type { AlertView } from '#lib/api/overview.ts'
import { capital } from '#lib/format/capital.ts'
import { nearText } from '#lib/format/time.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { PortSurroundings } from './port-view.ts'

/** What a person has stopped in a depot and only a person lets go on: everything, and nodes that are locked out with chargers under them. */
export function stopsOf({ stoppedAt, lockOuts, zone }: PortSurroundings, now: Instant): AlertView[] {
  const everything: AlertView[] =
    stoppedAt === null
      ? []
      : [
          {
            ...{ key: 'stopAll', mark: 'serious', what: 'Everything is stopped', since: stoppedAt, href: '/board' },
            why: `Since ${nearText(stoppedAt, now, zone)}. Nothing charges until it is lifted.`,
          },
        ]
  const nodes = new Map([...lockOuts.values()].map((lockOut) => [lockOut.nodeId, lockOut]))
  const lockedOut = [...nodes.values()].map(({ nodeId, node, since, by }): AlertView => {
    const who = by === null ? '' : ` by ${by}`
    return {
      ...{ key: `lockOut:${nodeId}`, mark: 'caution', what: `${capital(node)} is locked out`, since, href: '/site' },
      why: `Since ${nearText(since, now, zone)}${who}. Nothing under it charges until it is released.`,
    }
  })
  return [...everything, ...lockedOut]
}
