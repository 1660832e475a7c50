import { recorded } from '../said.ts'

/** How a signed update goes (security whitepaper, L01): by the request's number. */
export const signedFirmwareStatusNotification = recorded<{ status: string; requestId?: number }>(async ({ payload, arrival, record }) => {
  const { status, requestId } = payload
  await record([{ kind: 'firmware', at: arrival.receivedAt, status, signed: true, ...(requestId === undefined ? {} : { requestId }) }])
  return {}
})
