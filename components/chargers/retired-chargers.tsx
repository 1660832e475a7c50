'use client'
import { useState } from 'react'
import type { z } from 'zod'
import type { RetiredCharger } from '#lib/api/charger.ts'
import { type newKeyOutput, restoreCharger } from '#lib/api/provisioning.ts'
import { counted } from '#lib/format/number.ts'
import { dayText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { useChargersChanged } from './provisioning-query.ts'

type Restored = { charger: RetiredCharger; key: z.output<typeof newKeyOutput> }

/** Out of service, with their books; each can come back with a new key. */
export function RetiredChargers({ chargers }: { chargers: readonly RetiredCharger[] }) {
  const depot = useDepot()
  const zone = useDepotZone()
  const changed = useChargersChanged()
  const [restored, setRestored] = useState<Restored | null>(null)
  return (
    <>
      <Table<RetiredCharger>
        caption="Retired chargers"
        rows={chargers}
        rowKey={({ id }) => id}
        empty={<EmptyState title="No retired charger">One that is taken out of service is kept here with its sessions.</EmptyState>}
        columns={[
          { name: 'Charger', header: true, cell: ({ name }) => name },
          { name: 'Identity', cell: ({ identity }) => <span className="break-all">{identity}</span> },
          { name: 'Model', wideOnly: true, cell: ({ model }) => model ?? '–' },
          { name: 'Retired', className: 'whitespace-nowrap', cell: ({ retiredAt }) => dayText(retiredAt, zone) },
          { name: 'In the books', wideOnly: true, cell: ({ sessions }) => counted(sessions, 'session') },
          {
            name: 'Restore',
            hiddenName: true,
            numeric: true,
            cell: (charger) => (
              <Confirm
                label="Restore"
                title={`Take ${charger.name} into service again?`}
                consequence="It gets a new key, which has to be entered in its settings. It is treated as one that was never seen, until it connects and takes its limits."
                verb="Restore with a new key"
                onConfirm={async () => {
                  const key = await call(restoreCharger, { params: { depot: depot.id, charger: charger.id }, input: {} })
                  setRestored({ charger, key })
                  await changed()
                }}
              />
            ),
          },
        ]}
      />
      {restored && (
        <KeyDialog
          title={`${restored.charger.name} is in service again`}
          name={restored.charger.name}
          identity={restored.charger.identity}
          made={restored.key}
          close={() => setRestored(null)}
        />
      )}
    </>
  )
}
