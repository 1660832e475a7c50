import type { Ctx } from '#server/runtime.ts'

/** What to enter in a charger: the web's own address, which leads to the gateway; the identity is its last part. */
export function chargerUrl({ env }: Pick<Ctx, 'env'>, request: Request, identity: string): string {
  const asked = new URL(request.url)
  const base = env.publicUrl ? new URL(env.publicUrl) : new URL(`${asked.protocol}//${request.headers.get('host') ?? asked.host}`)
  return `${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}/ocpp/${encodeURIComponent(identity)}`
}
