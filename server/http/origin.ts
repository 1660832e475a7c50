import { problem } from '#lib/api/problem.ts'
import type { Env } from '#server/env.ts'

/**
 * A change that carries a session cookie must come from our own pages: another site must not press our buttons.
 * Browsers tell where a request comes from; a client that is none has no cookie to steal.
 * @throws Problem `forbidden`
 */
export function refuseForeign(request: Request, env: Pick<Env, 'publicUrl'>): void {
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  if (site && site !== 'same-origin' && site !== 'none') throw foreign()
  if (origin && !ourHosts(request, env).includes(hostOf(origin))) throw foreign()
}

const foreign = () => problem('forbidden', 'This came from another site. Use the pages of this one.')

const ourHosts = (request: Request, env: Pick<Env, 'publicUrl'>): (string | undefined)[] => [
  request.headers.get('host') ?? new URL(request.url).host,
  env.publicUrl && new URL(env.publicUrl).host,
]

const hostOf = (origin: string): string => {
  try {
    return new URL(origin).host
  } catch {
    return 'nowhere'
  }
}

/** Who knocks, for rate limits: the web server writes the socket's address (or its own proxy's word for it) in this header, over any that came. */
export const ADDRESS_HEADER = 'x-yardwatt-address'
export const addressOf = (headers: Headers): string =>
  headers.get(ADDRESS_HEADER) ?? headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown'

/** How it came, for the map of connections: the web server writes `https` here when a proxy on its own machine says so, else `http`, over any that came. */
export const SCHEME_HEADER = 'x-yardwatt-scheme'
export const cameSecurely = (headers: Headers): boolean => headers.get(SCHEME_HEADER) === 'https'
