import { getRoot } from '#lib/api/security.ts'
import { route } from '#server/http/route.ts'
import { ownCertificates } from '#server/store/security-view.ts'

export const GET = route(getRoot, async ({ ctx }) => {
  const root = (await ownCertificates(ctx.db)).find(({ kind, state }) => kind === 'root' && state === 'active')
  return { pem: root?.pem ?? null, fingerprint: root?.fingerprint ?? null }
})
