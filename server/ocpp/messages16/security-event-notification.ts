import { type Instant, instant } from '#lib/time/instant.ts'
import { recorded } from '../said.ts'

type Payload = { type: string; timestamp: string; techInfo?: string }

/** Something about the charger's security: kept once, however often it is brought (the charger repeats it until it is answered). */
export const securityEventNotification = recorded<Payload>(async ({ payload, record, arrival }) => {
  const { type, timestamp, techInfo } = payload
  const at = deviceMoment(timestamp) ?? arrival.receivedAt
  await record([{ kind: 'securityEvent', at, type, ...(techInfo === undefined ? {} : { info: techInfo }) }])
  return {}
})

/** As the device says it, uncorrected: a repeat says the same, while our correction may have changed. An absurd time is no key. */
function deviceMoment(text: string): Instant | undefined {
  const ms = Date.parse(text)
  return ms > Date.UTC(2000, 0) && ms < Date.UTC(2100, 0) ? instant(ms) : undefined
}
