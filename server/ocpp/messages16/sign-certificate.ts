import { whyNotCertify } from '#lib/ocpp/certificate-request.ts'
import { readRequest } from '../../security/x509.ts'
import { namesOfCharger, readOperator } from '../../store/security.ts'
import { recorded } from '../said.ts'

/**
 * A charger asks for a certificate. It is told at once whether its request is good; the certificate follows by CertificateSigned
 * (server/security/certifier.ts). The same key is signed once.
 */
export const signCertificate = recorded<{ csr: string }>(async ({ ctx, charger, payload, arrival, record, review }) => {
  const request = await readRequest(payload.csr)
  const { own, others } = await namesOfCharger(ctx.db.prisma, charger.id)
  const why = request
    ? (whyNotCertify(request, own, await readOperator(ctx.db.prisma)) ??
      (others.includes(request.names[0]!) ? `"${request.names[0]}" is another charger's name too.` : undefined))
    : 'The request cannot be read: it must be PKCS#10 as PEM.'
  if (!request || why !== undefined) {
    review('security.requestRefused', { why: why ?? '' })
    return { status: 'Rejected' }
  }
  const { keyDigest, names } = request
  await record([{ kind: 'certificateAsked', at: arrival.receivedAt, request: payload.csr, keyDigest, name: names[0]! }])
  return { status: 'Accepted' }
})
