import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { BrandMark } from '#components/shell/brand.tsx'
import { landing } from '#lib/auth/role.ts'
import { isFirstRun } from '#server/auth/first-run.ts'
import { whoIs } from '#server/auth/who.ts'
import { meView } from '#server/live/me-view.ts'
import { getRuntime } from '#server/runtime.ts'
import { FirstRun } from './steps.tsx'

export const metadata: Metadata = { title: 'First run' }

/** Once for an installation: its administrator, by the code in the log; then the depot and its first charger. */
export default async function FirstRunPage() {
  const asked = await headers()
  const ctx = getRuntime()
  const who = await whoIs(ctx, asked)
  if (who.kind !== 'person' && !(await isFirstRun(ctx))) redirect('/sign-in')
  // somebody who is not the administrator has nothing to set up
  if (who.kind === 'person' && who.role !== 'admin') redirect(landing[who.role])
  const depots = who.kind === 'person' ? (await meView(ctx, who, undefined)).depots : []
  return (
    <main className="min-h-screen bg-surface px-4 pt-[8vh] pb-16">
      <div className="mx-auto w-full max-w-xl">
        <p className="flex items-center gap-2 font-semibold text-phone">
          <BrandMark />
          Yardwatt
        </p>
        <FirstRun signedIn={who.kind === 'person'} depot={depots[0] ?? null} />
      </div>
    </main>
  )
}
