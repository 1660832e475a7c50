'use client'
import { importDuties } from '#lib/api/duty.ts'
import { counted } from '#lib/format/number.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { LineResults } from '../ui/line-results.tsx'
import { ImportDialog } from './import-dialog.tsx'

const EXAMPLE = 'vehicle,departs,returns,km,name\nVan 01,2026-11-24 06:30,2026-11-24 16:00,120,Block 7A'
const WORDS = { refused: 'Refused', added: 'Added', same: 'Was there' }

/** Duties from a file of another system. */
export function ImportDuties({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const depot = useDepot()
  return (
    <ImportDialog
      title="Import duties"
      description={`CSV with the columns vehicle, departs, returns, km, and name (or block) if you have one. Times in depot time (${depot.zone}), or ISO with offset. The same file may be sent again: nothing is doubled.`}
      example={EXAMPLE}
      send={(csv) => call(importDuties, { params: { depot: depot.id }, input: { csv } })}
      sent={changed}
      results={({ added, same, refused, lines }) => (
        <>
          <p className="text-strong">
            {counted(added, 'duty', 'duties')} added{same > 0 && `, ${same} there already`}
            {refused > 0 && `, ${counted(refused, 'line')} refused: correct them and send the file again`}.
          </p>
          <LineResults lines={lines} words={WORDS} more={[{ name: 'Duty', cell: ({ text }) => text }]} />
        </>
      )}
      close={close}
    />
  )
}
