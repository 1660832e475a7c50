'use client'
import { useSearchParams } from 'next/navigation'

/** Addresses that keep the depot on the screen when it was chosen by `?depot=`: `href('/plan', { van: 'van-07' })`. */
export function useHref(): (path: string, query?: Record<string, string | null | undefined>) => string {
  const depot = useSearchParams().get('depot')
  return (path, query = {}) => {
    const given = Object.entries({ depot, ...query }).filter((entry): entry is [string, string] => !!entry[1])
    const [address, anchor] = path.split('#')
    return `${address}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}${anchor ? `#${anchor}` : ''}`
  }
}
