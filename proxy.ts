import { type NextRequest, NextResponse } from 'next/server'

const COOKIES = ['yardwatt.session', '__Secure-yardwatt.session']

/** Convenience only: who has no session cookie is led to the sign-in page. Every page and handler checks rights by itself. */
export function proxy(request: NextRequest): NextResponse {
  if (COOKIES.some((name) => request.cookies.has(name))) return NextResponse.next()
  const { pathname, search } = request.nextUrl
  const to = new URL('/sign-in', request.nextUrl)
  if (pathname !== '/') to.searchParams.set('callbackUrl', `${pathname}${search}`)
  return NextResponse.redirect(to)
}

export const config = {
  // pages only: the API answers 401 itself; files of the build and of public/ have a dot or lie under _next
  matcher: ['/((?!api/|_next/|sign-in|first-run|.*\\..*).*)'],
}
