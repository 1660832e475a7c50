'use client'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { parseAsString, useQueryState } from 'nuqs'
import { getSite, type SiteView } from '#lib/api/site.ts'
import { limitText, powerText } from '#lib/format/energy.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { useHref } from '../ui/use-href.ts'
import { NodeDialog } from './node-dialog.tsx'
import { NodeTable } from './node-table.tsx'

const siteOptions = (depot: string) =>
  queryOptions({
    queryKey: [getSite.path, depot],
    queryFn: ({ signal }) => call(getSite, { params: { depot }, signal }),
    refetchInterval: 15_000,
  })

/** What feeds what, how much of it is used, and what holds the plan. */
export function Site() {
  const depot = useDepot()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(siteOptions(depot.id))
  const [open, setOpen] = useQueryState('open', parseAsString)
  const changed = () => cache.invalidateQueries({ queryKey: [getSite.path, depot.id] })
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Site" note={data && (error ? 'The server does not answer: this is what it said last.' : summary(data))}>
        {data && <Button onClick={() => void setOpen('new')}>Add panel or circuit</Button>}
      </PageBar>
      {data ? (
        <>
          {data.refusal && (
            <p role="alert" className="flex items-baseline gap-2 border-line border-b bg-serious-tint px-4 py-2 md:px-6">
              <Mark kind="serious" /> {data.refusal}
            </p>
          )}
          <div className="px-4 pt-3 md:px-6">
            <NodeTable nodes={data.nodes} edit={(id) => void setOpen(id)} changed={changed} />
            {data.nodes.every(({ chargers }) => chargers.length === 0) && <NoCharger />}
          </div>
          {open !== null && (
            <NodeDialog
              key={open}
              nodes={data.nodes}
              node={data.nodes.find(({ id }) => id === open)}
              close={() => void setOpen(null)}
              changed={changed}
            />
          )}
        </>
      ) : (
        <div className="px-4 md:px-6">
          {error ? (
            <ErrorState title="The site cannot be shown" detail={error.message} retry={() => void refetch()} />
          ) : (
            <SkeletonLines lines={10} label="Loading the site" />
          )}
        </div>
      )}
    </div>
  )
}

function NoCharger() {
  const href = useHref()
  return (
    <EmptyState title="No charger hangs on this tree yet" action={<ButtonLink href={href('/chargers')}>Add a charger</ButtonLink>}>
      Panels and circuits with a limit of their own go first, then the chargers that hang on them: no node is ever loaded above its limit.
    </EmptyState>
  )
}

function summary({ nodes }: SiteView): string {
  const [root] = nodes
  if (!root) return ''
  const used = powerText(root.baseW + root.vehiclesW + root.heldW)
  const full = nodes.filter(({ bindingNow }) => bindingNow).map(({ name }) => name)
  const holds = full.length > 0 ? `; ${full.slice(0, 3).join(', ')} ${full.length === 1 ? 'holds' : 'hold'} the plan now` : ''
  return `${used}${root.firmW === null ? '' : ` of ${limitText(root.firmW)}`} in use${holds}`
}
