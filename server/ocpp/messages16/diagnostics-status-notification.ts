import { recorded } from '../said.ts'

/** How the sending of diagnostics goes (1.6 §4.4): it names no request, so the newest one is meant. */
export const diagnosticsStatusNotification = recorded<{ status: string }>(async ({ payload, arrival, record }) => {
  await record([{ kind: 'logSent', at: arrival.receivedAt, status: payload.status, diagnostics: true }])
  return {}
})
