'use client'
import { createContext, type ReactNode, useContext } from 'react'

/** The depot on the screen. */
export type Depot = { id: string; name: string; zone: string; currency: string }
const Context = createContext<Depot | null>(null)

export function DepotProvider({ depot, children }: { depot: Depot; children: ReactNode }) {
  return <Context value={depot}>{children}</Context>
}

/** The depot on the screen, for parts inside the shell. */
export function useDepot(): Depot {
  const depot = useContext(Context)
  if (!depot) throw new Error('useDepot is for pages inside the shell: app/(shell)')
  return depot
}
