'use client'
import { momentText, spanText } from '#lib/format/time.ts'
import { Age, useDepotZone } from '../ui/depot-clock.tsx'
import { Facts } from '../ui/facts.tsx'
import type { ChargerView } from './charger-detail.tsx'

/** Below this a clock is right enough: its times are corrected anyway. */
const CLOCK_OFF_MS = 5000

/** What it is. */
export function ChargerFacts({ charger }: { charger: ChargerView }) {
  const zone = useDepotZone()
  const told = (text: string | null) => text ?? <span className="text-ink-3">not told yet</span>
  const quirks = Object.entries(charger.quirks)
  return (
    <section aria-label="What it is" className="border-line border-t p-4 md:px-6 xl:border-t-0 xl:border-l">
      <Facts
        facts={[
          ['Identity', charger.identity],
          ['Maker', told(charger.vendor)],
          ['Model', told(charger.model)],
          ['Serial number', told(charger.serial)],
          ['Firmware', told(charger.firmware)],
          ['Protocol', charger.protocol.replace(/^ocpp/, 'OCPP ')],
          ['Hangs on', charger.circuit],
          ['Heard from', charger.seenAt === null ? 'never' : <Age key="seen" at={charger.seenAt} />],
          ['Booted', charger.bootedAt === null ? 'not seen' : momentText(charger.bootedAt, zone)],
          [
            'Its clock',
            Math.abs(charger.clockOffsetMs) < CLOCK_OFF_MS
              ? 'right'
              : `${spanText(charger.clockOffsetMs)} ${charger.clockOffsetMs > 0 ? 'ahead' : 'behind'}, corrected`,
          ],
          ['Set up', charger.commissioned ? 'yes' : charger.problem ? 'not yet: see above' : 'not yet'],
        ]}
      />
      {quirks.length > 0 && (
        <>
          <h2 className="mt-4 text-ink-2 text-strong">What it can do</h2>
          <Facts className="mt-1" facts={quirks.map(([name, value]) => [wordsOf(name), quirkText(value)])} />
        </>
      )}
    </section>
  )
}

const quirkText = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value).replaceAll(',', ', '))

const wordsOf = (name: string): string => {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
