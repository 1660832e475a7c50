import * as jwtModule from 'next-auth/jwt'
import type { Env } from '#server/env.ts'
import { commonJs } from './common-js.ts'

const jwt = commonJs<typeof jwtModule>(jwtModule)

/** A working week: a driver's phone stays signed in; a disabled user is refused at the next request all the same. */
export const SESSION_SECONDS = 7 * 24 * 3600

const isSecure = (env: Pick<Env, 'publicUrl'>): boolean => env.publicUrl?.startsWith('https:') ?? false
export const cookieName = (env: Pick<Env, 'publicUrl'>): string => `${isSecure(env) ? '__Secure-' : ''}yardwatt.session`
export const cookieOptions = (env: Pick<Env, 'publicUrl'>) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  path: '/',
  secure: isSecure(env),
})

/** Whose cookie this request carries, and when they signed in (real time, ms); undefined without one, or when it is forged or old. */
export async function sessionOf(
  env: Pick<Env, 'publicUrl' | 'secret'>,
  headers: Headers,
): Promise<{ userId: string; since: number } | undefined> {
  const token = cookieValue(headers, cookieName(env))
  if (!token) return undefined
  try {
    const { sub: userId, since, iat } = (await jwt.decode({ token, secret: env.secret })) ?? {}
    // a cookie is written anew while it is used: what counts is the sign-in, not its own age
    return userId === undefined ? undefined : { userId, since: typeof since === 'number' ? since : Number(iat ?? 0) * 1000 }
  } catch {
    return undefined // forged, or signed with a secret of before
  }
}

/** A cookie as next-auth makes it; for tests and tools that need to be somebody. */
export const sessionCookie = async (env: Pick<Env, 'publicUrl' | 'secret'>, userId: string): Promise<string> =>
  `${cookieName(env)}=${await jwt.encode({ token: { sub: userId }, secret: env.secret, maxAge: SESSION_SECONDS })}`

export const cookiesOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    (headers.get('cookie') ?? '').split(/;\s*/).flatMap((pair) => {
      const at = pair.indexOf('=')
      return at < 1 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1))]]
    }),
  )

const cookieValue = (headers: Headers, name: string): string | undefined => cookiesOf(headers)[name]

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
