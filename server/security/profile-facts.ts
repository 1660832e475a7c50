import type { ProfileFacts } from '#lib/ocpp/security-profile.ts'
import type { Ctx } from '../runtime.ts'
import { certificatesOf } from '../store/certificate.ts'
import { activeRoots } from '../store/security.ts'

/** What stands for and against a higher profile of this charger, from the books. */
export async function profileFacts(ctx: Pick<Ctx, 'db' | 'clock' | 'env'>, chargerId: string): Promise<ProfileFacts> {
  const { prisma } = ctx.db
  const [charger, certificates, roots] = await Promise.all([
    prisma.charger.findUniqueOrThrow({
      where: { id: chargerId },
      select: { securityProfile: true, connectedProfile: true, connectedAt: true, keyHash: true, nextKeyHash: true },
    }),
    certificatesOf(prisma, chargerId),
    activeRoots(prisma),
  ])
  const now = ctx.clock.real()
  const installed = certificates.filter(({ kind, state }) => kind === 'centralSystemRoot' && state === 'installed')
  const ours = installed.some(({ fingerprint }) => fingerprint !== null && roots.includes(fingerprint))
  return {
    least: charger.securityProfile,
    connected: charger.connectedAt === null ? null : charger.connectedProfile,
    online: charger.connectedAt !== null,
    hasKey: charger.keyHash !== null || charger.nextKeyHash !== null,
    tlsServed: ctx.env.ocppTlsPort !== undefined || ctx.env.ocppTrustedProxies.length > 0,
    // a certificate given as files may come from any root that the charger tells it holds; a proxy's too
    trustsUs: ours || ((ctx.env.ocppTlsCert !== undefined || ctx.env.ocppTlsPort === undefined) && installed.length > 0),
    hasCertificate: certificates.some(
      ({ kind, state, notAfter }) => kind === 'charger' && state === 'accepted' && notAfter !== null && notAfter.getTime() > now,
    ),
  }
}
