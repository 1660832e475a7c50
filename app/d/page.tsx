import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { Suspense } from 'react'
import { Driver } from '#components/driver/driver.tsx'
import { whoIs } from '#server/auth/who.ts'
import { getRuntime } from '#server/runtime.ts'

export const metadata: Metadata = { title: 'My van' }

/** A driver's page of his own, outside the shell: one van, big words, three buttons. */
export default async function DriverPage() {
  // first: it tells next build that this page is made per request, when there is a runtime
  const asked = await headers()
  const who = await whoIs(getRuntime(), asked)
  if (who.kind !== 'person') redirect('/sign-in?callbackUrl=/d')
  return (
    <Suspense>
      <Driver />
    </Suspense>
  )
}
