'use client'
import { signOut } from 'next-auth/react'
import { Menu } from '../ui/menu.tsx'

const LINK = 'inline-flex min-h-11 items-center text-ink-2 text-phone underline underline-offset-[3px]'

/** Another van, when there are several; the way out. */
export function VanChoice({
  vehicles,
  chosen,
  choose,
}: {
  vehicles: readonly { id: string; name: string }[]
  chosen: string | null
  choose: (id: string) => void
}) {
  const others = vehicles.some(({ id }) => id !== chosen)
  return (
    <p className="flex flex-wrap justify-between gap-x-4 px-4 py-1">
      {others ? (
        <Menu
          items={vehicles.map(({ id, name }) => ({ kind: 'choice', label: name, chosen: id === chosen, onSelect: () => choose(id) }))}
          trigger={<button type="button" className={LINK} />}
        >
          {chosen === null ? 'Choose your van' : 'Not your van? Choose another'}
        </Menu>
      ) : (
        <span />
      )}
      <button type="button" className={LINK} onClick={() => void signOut({ callbackUrl: '/sign-in' })}>
        Sign out
      </button>
    </p>
  )
}
