import { recorded } from '../said.ts'

/** How an update goes (1.6 §4.5): it names no request, so the newest one is meant. */
export const firmwareStatusNotification = recorded<{ status: string }>(async ({ payload, arrival, record }) => {
  await record([{ kind: 'firmware', at: arrival.receivedAt, status: payload.status, signed: false }])
  return {}
})
