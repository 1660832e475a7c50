import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { FirstRun } from '#components/first-run/first-run.tsx'
import { BrandMark } from '#components/shell/brand.tsx'
import { isFirstRun } from '#server/auth/first-run.ts'
import { whoIs } from '#server/auth/who.ts'
import { meView } from '#server/live/me-view.ts'
import { getRuntime } from '#server/runtime.ts'

export const metadata: Metadata = { title: 'First run' }

/** An installation without anybody in it: the administrator, then a depot with its cap, then the first charger. */
export default async function FirstRunPage() {
  const ctx = getRuntime()
  const who = await whoIs(ctx, await headers())
  const open = await isFirstRun(ctx)
  if (!open && (who.kind !== 'person' || who.role !== 'admin')) redirect('/sign-in')
  const depot = who.kind === 'person' ? ((await meView(ctx, who, undefined)).depots[0] ?? null) : null
  return (
    <main className="mx-auto min-h-screen w-full max-w-md bg-surface px-4 pt-[8vh] pb-12">
      <p className="flex items-center gap-2 font-semibold text-phone">
        <BrandMark />
        Yardwatt
      </p>
      <FirstRun start={open ? 'administrator' : depot ? 'charger' : 'depot'} depotId={depot?.id ?? null} />
    </main>
  )
}
