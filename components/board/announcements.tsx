'use client'
import { useEffect, useRef, useState } from 'react'
import type { PortView } from '#lib/api/board.ts'
import { changesSaid, portWords } from '#lib/charging/changes-said.ts'

const EVERY_MS = 10_000

/** Tells screen readers which bays changed, at most each 10 s. */
export function Announcements({ ports }: { ports: readonly PortView[] }) {
  const latest = useRef(ports)
  latest.current = ports
  const [said, setSaid] = useState('')
  useEffect(() => {
    let before = portWords(latest.current)
    const timer = setInterval(() => {
      const now = portWords(latest.current)
      const words = changesSaid(before, now)
      before = now
      if (words) setSaid(words)
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  )
}
