'use client'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Menu } from '../ui/menu.tsx'
import type { Ask, ChargerView } from './charger-detail.tsx'

const TRIGGERS = [
  ['StatusNotification', 'its state'],
  ['MeterValues', 'a meter reading'],
  ['Heartbeat', 'a heartbeat'],
  ['BootNotification', 'who it is'],
] as const

/** What can be asked of the whole charger. What interrupts a session is asked first. */
export function ChargerActs({ charger, pending, ask }: { charger: ChargerView; pending: boolean; ask: Ask }) {
  const why = pending ? 'Wait for the answer to what was asked.' : charger.whyNot.reset
  const charging = charger.whyNot.stop === null
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b px-4 py-3 md:px-6">
      <Confirm
        label="Restart"
        title={`Restart ${charger.name}?`}
        consequence={`It ends what it does in good order and starts again: about two minutes.${charging ? ' The running session ends; a vehicle that is known charges on in a new one after the restart.' : ''}`}
        verb="Restart"
        disabledReason={why}
        onConfirm={() => void ask({ kind: 'reset', how: 'Soft' }, 'Restart')}
      />
      <Confirm
        label="Restart hard"
        title={`Restart ${charger.name} at once?`}
        consequence={`As if its power were cut: only when a normal restart does not help.${charging ? ' The running session is cut off, and its last minutes may not be metered.' : ''}`}
        verb="Restart hard"
        disabledReason={why}
        onConfirm={() => void ask({ kind: 'reset', how: 'Hard' }, 'Restart hard')}
      />
      <Confirm
        label="Clear limits"
        title={`Take every limit from ${charger.name}?`}
        consequence="It forgets the limits it was sent; ours are sent anew at once. Refused when the site has no room for its full power meanwhile."
        verb="Clear limits"
        disabledReason={why}
        onConfirm={() => void ask({ kind: 'clearProfiles' }, 'Clear limits')}
      />
      {why === null ? (
        <Menu
          trigger={
            <button
              type="button"
              className="inline-flex min-h-(--target) items-center rounded-control border border-control bg-surface px-2.5 text-label hover:border-ink-2 hover:bg-hover"
            />
          }
          items={TRIGGERS.map(([message, words]) => ({
            kind: 'act',
            label: `Ask for ${words}`,
            onSelect: () => void ask({ kind: 'trigger', message }, `Ask for ${words}`),
          }))}
        >
          Ask for a message
        </Menu>
      ) : (
        <Button disabledReason={why}>Ask for a message</Button>
      )}
    </div>
  )
}
