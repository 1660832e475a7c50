import { portStatus16 } from '#lib/ocpp/status16.ts'
import { recorded } from '../said.ts'

type StatusNotification = {
  connectorId: number
  status: string
  errorCode: string
  vendorErrorCode?: string
  info?: string
  timestamp?: string
}

export const statusNotification = recorded<StatusNotification>(async ({ payload, time, record, review }) => {
  const { connectorId, status, errorCode, vendorErrorCode, info, timestamp } = payload
  const { at, live, flags } = time(timestamp)
  for (const flag of flags) if (flag === 'futureTime' || flag === 'absurdTime') review(flag, { action: 'StatusNotification', timestamp })
  await record([
    {
      kind: 'status',
      at: flags.includes('futureTime') || flags.includes('absurdTime') ? live : at,
      port: connectorId,
      status: portStatus16(status),
      errorCode,
      ...(vendorErrorCode ? { vendorErrorCode } : {}),
      ...(info ? { info } : {}),
    },
  ])
  return {}
})
