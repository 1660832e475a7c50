'use client'
import { useQueryClient } from '@tanstack/react-query'
import { getTokens, importTokens } from '#lib/api/token.ts'
import { counted } from '#lib/format/number.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { LineResults } from '../ui/line-results.tsx'
import { ImportDialog } from './import-dialog.tsx'

const EXAMPLE = 'idTag,vehicle,driver,group,expires\n04A1B2C3D4,Van 01,A. Ortiz,Night shift,2027-06-30'
const WORDS = { refused: 'Refused', changed: 'Changed', added: 'Added', same: 'Was so' }

/** Cards from a file of another system. */
export function ImportCards({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const depot = useDepot()
  const cache = useQueryClient()
  return (
    <ImportDialog
      title="Import cards"
      description="CSV with the column idTag and any of kind, status, expires, group, parentIdTag, vehicle, driver, costCentre. The same file may be sent again: a card that is there is changed in the cells that are filled in."
      example={EXAMPLE}
      send={(csv) => call(importTokens, { params: { depot: depot.id }, input: { csv } })}
      sent={() => Promise.all([changed(), cache.invalidateQueries({ queryKey: [getTokens.path, depot.id] })])}
      results={({ added, changed: altered, same, refused, lines }) => (
        <>
          <p className="text-strong">
            {counted(added, 'card')} added, {altered} changed{same > 0 && `, ${same} as they were`}
            {refused > 0 && `, ${counted(refused, 'line')} refused: correct them and send the file again`}.
          </p>
          <LineResults lines={lines} words={WORDS} more={[{ name: 'Card', cell: ({ text }) => text }]} />
        </>
      )}
      close={close}
    />
  )
}
