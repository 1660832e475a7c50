'use client'
import { usePathname, useRouter } from 'next/navigation'
import { Menu } from '../ui/menu.tsx'

/** Which depot is on the screen. With a single depot it is only its name. */
export function DepotSwitch({
  depots,
  depotId,
  onDepot,
}: {
  depots: readonly { id: string; name: string }[]
  depotId: string
  onDepot?: (id: string) => void
}) {
  const router = useRouter()
  const path = usePathname()
  const name = depots.find((depot) => depot.id === depotId)?.name ?? 'No depot'
  if (depots.length < 2) return <b className="min-w-0 truncate text-strong">{name}</b>
  const choose = onDepot ?? ((id: string) => router.push(`${path}?depot=${encodeURIComponent(id)}`))
  return (
    <Menu
      items={depots.map((depot) => ({ kind: 'choice', label: depot.name, chosen: depot.id === depotId, onSelect: () => choose(depot.id) }))}
      trigger={
        <button
          type="button"
          aria-label={`Depot: ${name}`}
          className="inline-flex min-h-(--target) min-w-0 items-center gap-1.5 truncate rounded-mark text-strong"
        />
      }
    >
      <span className="truncate">{name}</span>
      <svg viewBox="0 0 10 10" width={10} height={10} className="flex-none fill-none stroke-ink-3" strokeWidth={1.5} aria-hidden="true">
        <path d="M2 3.5l3 3 3-3" />
      </svg>
    </Menu>
  )
}
