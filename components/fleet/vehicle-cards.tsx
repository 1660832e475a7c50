'use client'
import type { TagRow } from '#lib/api/fleet.ts'
import { changeToken } from '#lib/api/token.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { say } from '../ui/toast.tsx'

/** A lost card is blocked here at once, without waiting for the form. */
export function Cards({ tags, changed }: { tags: readonly TagRow[]; changed: () => Promise<void> }) {
  const depot = useDepot()
  const block = async ({ id, idTag }: TagRow, blocked: boolean) => {
    await call(changeToken, { params: { depot: depot.id, token: id }, input: { status: blocked ? 'blocked' : 'accepted' } })
    await changed()
    say(`${idTag} ${blocked ? 'is blocked' : 'may charge again'}`)
  }
  if (tags.length === 0) return null
  return (
    <ul aria-label="Cards" className="border-line border-t">
      {tags.map((tag) => (
        <li key={tag.id} className="flex items-center justify-between gap-3 border-line border-b py-1">
          <span className="break-all">
            {tag.idTag} {tag.blocked && <b className="font-semibold">blocked</b>}
          </span>
          <Confirm
            label={tag.blocked ? `Unblock ${tag.idTag}` : `Block ${tag.idTag}`}
            title={tag.blocked ? `Let ${tag.idTag} charge again?` : `Block ${tag.idTag}?`}
            consequence={
              tag.blocked
                ? 'Whoever holds this card can start a session again.'
                : 'Whoever holds this card cannot start a session any more. One that runs goes on until it is stopped.'
            }
            verb={tag.blocked ? 'Unblock' : 'Block'}
            onConfirm={() => block(tag, !tag.blocked)}
          />
        </li>
      ))}
    </ul>
  )
}
