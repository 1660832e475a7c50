'use client'
import { parseAsBoolean, useQueryState } from 'nuqs'
import { useEffect } from 'react'

/** The board over the whole screen, larger, for a monitor on the wall. `W` toggles, Esc leaves; not while one types or a dialog is open. */
export function useWallMode(): readonly [boolean, () => void] {
  const [wall, setWall] = useQueryState('wall', parseAsBoolean.withDefault(false))
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const at = event.target instanceof Element ? event.target : null
      if (event.metaKey || event.ctrlKey || event.altKey || at?.closest('input, textarea, select, [role=dialog], [role=menu]')) return
      if (event.key.toLowerCase() === 'w') void setWall((was) => (was ? null : true))
      else if (event.key === 'Escape') void setWall(null)
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [setWall])
  return [wall, () => void setWall(wall ? null : true)] as const
}
