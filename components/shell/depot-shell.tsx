'use client'
import { useQuery } from '@tanstack/react-query'
import { usePathname, useSearchParams } from 'next/navigation'
import type { ReactNode } from 'react'
import type { MeView } from '#lib/api/depot.ts'
import { landing, type Role } from '#lib/auth/role.ts'
import { ButtonLink } from '../ui/button.tsx'
import { CallFailed } from '../ui/call.ts'
import { DepotProvider } from '../ui/depot.tsx'
import { LiveDot } from '../ui/live-dot.tsx'
import { meOptions } from '../ui/me-query.ts'
import { PageBar } from '../ui/page-bar.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { pageAt } from './nav.ts'
import type { Place } from './palette.tsx'
import { Shell } from './shell.tsx'

/**
 * The shell around the signed-in person's depot (`?depot=`, else the first): its clock, alerts and pages.
 * Children are shown once the depot is known, and may use `useDepot` and the depot's clock.
 */
export function DepotShell({
  user,
  me: given,
  places,
  counts,
  children,
}: {
  user: { name: string; role: Role }
  /** What the server knew when it made the page: spares the first wait. */
  me?: MeView
  places?: readonly Place[]
  counts?: Record<string, number>
  children: ReactNode
}) {
  const wanted = useSearchParams().get('depot') ?? undefined
  const { data: me, error, refetch } = useQuery({ ...meOptions(wanted), ...(given && { initialData: given }) })
  if (!me)
    return <Alone>{error ? <Refused error={error} retry={() => void refetch()} /> : <SkeletonLines label="Loading the depot" />}</Alone>
  const depot = me.depots.find((each) => each.id === wanted) ?? me.depots[0]
  if (!depot)
    return (
      <Alone>
        <EmptyState title="No depot yet">
          {user.role === 'admin' ? (
            <a className="underline underline-offset-[3px]" href="/first-run">
              Add the first depot
            </a>
          ) : (
            'Ask an administrator to give you the right to see one.'
          )}
        </EmptyState>
      </Alone>
    )
  const operator = user.role === 'admin' || user.role === 'manager'
  return (
    <Shell
      user={user}
      depots={me.depots}
      depotId={depot.id}
      clock={{ depotNow: me.clock.now, speed: me.clock.speed, zone: depot.zone, demo: me.clock.demo }}
      live={<LiveDot />}
      alerts={operator ? { count: me.alerts, href: '/#broken' } : null}
      {...(places && { places })}
      {...(counts && { counts })}
    >
      <DepotProvider depot={depot}>
        <ForRole role={user.role}>{children}</ForRole>
      </DepotProvider>
    </Shell>
  )
}

/** A page for others is not shown at all: its buttons would only lead to refusals. */
function ForRole({ role, children }: { role: Role; children: ReactNode }) {
  const page = pageAt(usePathname())
  if (page === null || page.roles.includes(role)) return children
  return (
    <>
      <PageBar title={page.label} />
      <div className="px-4 md:px-6">
        <EmptyState title={`This is not for the role ${role}`} action={<ButtonLink href={landing[role]}>Go to your own page</ButtonLink>}>
          Whoever runs the depot sees it. If you need it too, ask an administrator for another role.
        </EmptyState>
      </div>
    </>
  )
}

function Alone({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto min-h-screen max-w-xl bg-surface p-6">
      <h1 className="sr-only">Yardwatt</h1>
      {children}
    </main>
  )
}

function Refused({ error, retry }: { error: Error; retry: () => void }) {
  if (error instanceof CallFailed && error.code === 'unauthenticated')
    return (
      <EmptyState title="You are signed out">
        <a className="underline underline-offset-[3px]" href="/sign-in">
          Sign in again
        </a>
      </EmptyState>
    )
  return <ErrorState title="The depot cannot be shown" detail={error.message} retry={retry} />
}
