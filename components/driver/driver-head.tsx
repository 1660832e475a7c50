'use client'
import { clockText } from '#lib/format/time.ts'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'

export type Reach = 'live' | 'connecting' | 'lost' | 'offline'
const WORDS = {
  live: { kind: 'normal', word: 'Live' },
  connecting: { kind: 'caution', word: 'Connecting' },
  lost: { kind: 'serious', word: 'No answer' },
  offline: { kind: 'serious', word: 'Offline' },
} as const

export function DriverHead({ depotName, reach }: { depotName: string; reach: Reach }) {
  const now = useDepotNow()
  const zone = useDepotZone()
  return (
    <header className="flex min-h-[52px] items-center justify-between gap-3 border-line border-b px-4 text-phone">
      <span className="min-w-0 truncate">{depotName}</span>
      <span role="status">
        <Status {...WORDS[reach]} size="phone" />
      </span>
      <b className="font-semibold">{clockText(now, zone)}</b>
    </header>
  )
}
