'use client'
import { useEffect, useState } from 'react'
import { ageText } from '#lib/format/time.ts'
import type { Reach } from './driver-head.tsx'

/** Says how old the page is and what to do meanwhile. `heardAt`: this device's own UTC ms. */
export function Offline({ reach, heardAt }: { reach: Reach; heardAt: number }) {
  const [now, setNow] = useState(heardAt)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 5000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div role="alert" className="border-serious border-b bg-serious-tint px-4 py-3 text-phone">
      <p className="font-semibold text-serious-text">
        {reach === 'offline' ? 'Your phone has no connection.' : 'The depot does not answer.'}
      </p>
      <p className="mt-0.5">
        What you see is from {ageText(heardAt, now)}. A van that is plugged in goes on charging without your phone. To stop it, unplug at
        the van or use your card at the charger.
      </p>
    </div>
  )
}
