'use client'
import { useDepot } from '../ui/depot.tsx'
import { useLive } from './use-live.ts'

/** Draws nothing: keeps what is drawn live. */
export function LiveFeed() {
  useLive(useDepot().id)
  return null
}
