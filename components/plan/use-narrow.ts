'use client'
import { useSyncExternalStore } from 'react'

const PHONE = '(max-width: 720px)'
const subscribe = (changed: () => void) => {
  const query = window.matchMedia(PHONE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}

/** A screen as narrow as a phone's, where a table reads better than a chart that scrolls sideways. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => window.matchMedia(PHONE).matches,
    () => false,
  )
