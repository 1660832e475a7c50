import { recorded } from '../said.ts'

// Messages that report on something a person may have asked for: kept in the raw log and the journal, answered with nothing to say.

const notice = (kind: string) =>
  recorded<Record<string, unknown>>(async ({ payload, review }) => {
    review(kind, payload)
    return {}
  })

export const securityEventNotification = notice('security.chargerEvent')

/** Certificates of chargers (security profile 3) are not issued here. */
export const signCertificate = recorded<Record<string, unknown>>(async () => ({ status: 'Rejected' }))
