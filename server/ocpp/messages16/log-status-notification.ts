import { recorded } from '../said.ts'

/** How the sending of a log goes (security whitepaper, N01): by the request's number. */
export const logStatusNotification = recorded<{ status: string; requestId?: number }>(async ({ payload, arrival, record }) => {
  const { status, requestId } = payload
  await record([{ kind: 'logSent', at: arrival.receivedAt, status, diagnostics: false, ...(requestId === undefined ? {} : { requestId }) }])
  return {}
})
