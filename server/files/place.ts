import type { Ctx } from '../runtime.ts'

/**
 * Where this charger reaches us, for what it shall fetch or send: as it addressed us itself when it connected, which is sure to work;
 * else as people do.
 */
export function placeFor({ env, links }: Pick<Ctx, 'env' | 'links'>, chargerId: string): string {
  const origin = links.origin?.(chargerId)
  const known = env.publicUrl === undefined ? undefined : new URL(env.publicUrl)
  // behind a proxy that ends TLS only the setting knows the scheme
  if (origin !== undefined) return known && known.host === new URL(origin).host ? known.origin : origin
  return known?.origin ?? `http://localhost:${env.ocppPort}`
}
