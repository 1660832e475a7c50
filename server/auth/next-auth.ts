import type { NextAuthOptions } from 'next-auth'
import * as nextAuthModule from 'next-auth/next'
import * as credentialsModule from 'next-auth/providers/credentials'
import { limitedText } from '#server/http/body.ts'
import { addressOf, refuseForeign } from '#server/http/origin.ts'
import type { Runtime } from '#server/runtime.ts'
import { commonJs } from './common-js.ts'
import { cookieName, cookieOptions, cookiesOf, SESSION_SECONDS } from './session-token.ts'
import { signIn } from './sign-in.ts'

type NodeHandler = (request: NodeRequest, response: NodeResponse, options: NextAuthOptions) => Promise<unknown>
const nextAuth = commonJs<NodeHandler>(nextAuthModule)
const credentials = commonJs<typeof credentialsModule.default>(credentialsModule)

/** Options from the Runtime: e-mail and password, a signed cookie, our own pages. `error` of a refused sign-in is `wrong` or `wait`. */
export const authOptions = (ctx: Runtime, origin: string): NextAuthOptions => ({
  secret: ctx.env.secret,
  session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
  useSecureCookies: cookieOptions(ctx.env).secure,
  cookies: { sessionToken: { name: cookieName(ctx.env), options: cookieOptions(ctx.env) } },
  pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
  logger: { error: (code, data) => ctx.log.error({ code, data }, 'next-auth failed'), warn: () => {}, debug: () => {} },
  providers: [
    credentials({
      credentials: { email: { type: 'email' }, password: { type: 'password' } },
      async authorize(given, request) {
        const address = addressOf(new Headers(request.headers as Record<string, string>))
        const { email = '', password = '' } = given ?? {}
        const result = await signIn(ctx, { email: String(email), password: String(password), address })
        if (result.kind === 'in') return { id: result.userId, name: result.name }
        throw new Error(result.kind)
      },
    }),
  ],
  callbacks: {
    // the token names the user and the moment of signing in, nothing else: roles and rights are read anew at each request
    jwt: ({ token, user }) => (user ? { sub: user.id, since: ctx.clock.real() } : { sub: token.sub, since: token.since }),
    // only pages of our own: a link must not send people elsewhere after they signed in
    redirect: ({ url }) => ownUrl(url, origin),
  },
})

/** Answers /api/auth/*: csrf, callback/credentials, signout, session. Works with plain Requests, so tests use the same door. */
export async function answerAuth(ctx: Runtime, request: Request, path: string[]): Promise<Response> {
  if (request.method === 'POST') refuseForeign(request, ctx.env)
  const headers = new Headers()
  return new Promise((resolve, reject) => {
    const response: NodeResponse = {
      code: 200,
      status: (code) => Object.assign(response, { code }),
      getHeader: (name) => (name.toLowerCase() === 'set-cookie' ? headers.getSetCookie() : (headers.get(name) ?? undefined)),
      setHeader: (name, value) => {
        headers.delete(name)
        for (const each of [value].flat()) headers.append(name, each)
        return response
      },
      send: (body) => response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body)),
      json: (body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
      end: (body) => resolve(new Response(body ?? null, { status: response.code, headers })),
    }
    nodeRequest(request, path)
      .then((asked) => nextAuth(asked, response, authOptions(ctx, originOf(ctx, request))))
      .catch(reject)
  })
}

/** Where people see us: PUBLIC_URL, else the host that they asked for. */
const originOf = ({ env }: Runtime, request: Request): string => {
  if (env.publicUrl) return new URL(env.publicUrl).origin
  const { protocol, host } = new URL(request.url)
  return `${protocol}//${request.headers.get('host') ?? host}`
}

const ownUrl = (url: string, origin: string): string => {
  const asked = URL.canParse(url, origin) ? new URL(url, origin) : undefined
  return asked?.origin === origin ? asked.href : `${origin}/`
}

/** The little that next-auth needs of Node's way of answering. */
type NodeResponse = {
  code: number
  status(code: number): NodeResponse
  getHeader(name: string): string | string[] | undefined
  setHeader(name: string, value: string | string[]): NodeResponse
  send(body: unknown): void
  json(body: unknown): void
  end(body?: string): void
}
type NodeRequest = {
  method: string
  query: Record<string, string | string[]>
  body: Record<string, unknown>
  cookies: Record<string, string>
  headers: Record<string, string>
}

const nodeRequest = async (request: Request, path: string[]): Promise<NodeRequest> => ({
  method: request.method,
  query: { ...Object.fromEntries(new URL(request.url).searchParams), nextauth: path },
  body: await formOrJson(request),
  cookies: cookiesOf(request.headers),
  headers: Object.fromEntries(request.headers),
})

async function formOrJson(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') return {}
  const text = await limitedText(request)
  if (!request.headers.get('content-type')?.includes('application/json')) return Object.fromEntries(new URLSearchParams(text))
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
