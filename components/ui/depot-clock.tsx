'use client'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { ageText } from '#lib/format/time.ts'

/** What the server said of the depot's time: `depotNow` (UTC ms) and its speed (depot seconds per real second). */
export type DepotTime = { depotNow: number; speed: number; zone: string }

type Ticking = DepotTime & { receivedAt: number | null }
const Context = createContext<Ticking>({ depotNow: 0, speed: 1, zone: 'UTC', receivedAt: null })

/**
 * Gives the depot's time to everything below. The page's own clock only measures the time since `depotNow` arrived,
 * so a wrong clock on the viewer's machine does not matter.
 */
export function DepotClockProvider({ depotNow, speed, zone, children }: DepotTime & { children: ReactNode }) {
  const [receivedAt, setReceivedAt] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new depotNow is a new moment of arrival
  useEffect(() => setReceivedAt(performance.now()), [depotNow])
  const value = useMemo(() => ({ depotNow, speed, zone, receivedAt }), [depotNow, speed, zone, receivedAt])
  return <Context value={value}>{children}</Context>
}

export const useDepotZone = (): string => useContext(Context).zone
export const useDepotSpeed = (): number => useContext(Context).speed

/** Depot time in UTC ms, renewed every `everyMs` of real time. Before the browser runs: the server's moment. */
export function useDepotNow(everyMs = 1000): number {
  const { depotNow, speed, receivedAt } = useContext(Context)
  const [now, setNow] = useState(depotNow)
  useEffect(() => {
    const read = () => setNow(receivedAt === null ? depotNow : Math.round(depotNow + (performance.now() - receivedAt) * speed))
    read()
    const timer = setInterval(read, everyMs)
    return () => clearInterval(timer)
  }, [depotNow, speed, receivedAt, everyMs])
  return now
}

/** `2 s ago`, by depot time, kept fresh. Not announced: it changes all the time. */
export function Age({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{ageText(at, useDepotNow())}</time>
}
