import { answerAuth } from '#server/auth/next-auth.ts'
import { answerError } from '#server/http/respond.ts'
import { getRuntime } from '#server/runtime.ts'

type Context = { params: Promise<{ nextauth: string[] }> }

/** Sign-in and sign-out by next-auth. */
async function door(request: Request, { params }: Context): Promise<Response> {
  const ctx = getRuntime()
  return answerAuth(ctx, request, (await params).nextauth).catch((error) => answerError(ctx, error, '/api/auth'))
}

export { door as GET, door as POST }
