import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { type ReactNode, Suspense } from 'react'
import { LiveFeed } from '#components/live/live-feed.tsx'
import { DepotShell } from '#components/shell/depot-shell.tsx'
import { landing } from '#lib/auth/role.ts'
import { whoIs } from '#server/auth/who.ts'
import { getRuntime } from '#server/runtime.ts'

/** Pages with the top bar and the rail: for signed-in people who work with the whole depot. Drivers have a page of their own. */
export default async function ShellLayout({ children }: { children: ReactNode }) {
  // first: it tells next build that this page is made per request, when there is a runtime
  const asked = await headers()
  const who = await whoIs(getRuntime(), asked)
  if (who.kind !== 'person') redirect('/sign-in')
  if (who.role === 'driver') redirect(landing.driver)
  return (
    <Suspense>
      <DepotShell user={{ name: who.name, role: who.role }}>
        <LiveFeed />
        {children}
      </DepotShell>
    </Suspense>
  )
}
