'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { getCharger, rotateChargerKey } from '#lib/api/charger.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import type { ChargerView } from './charger-detail.tsx'
import { ChargerKey } from './charger-key.tsx'

type Key = z.output<typeof rotateChargerKey.output>

/** A lost key, or one that others know: asked first, then the new one, once. */
export function NewKey({ charger }: { charger: ChargerView }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [made, setMade] = useState<Key | null>(null)
  const charging = charger.whyNot.stop === null
  return (
    <>
      <Confirm
        label="New key"
        title={`A new key for ${charger.name}?`}
        consequence={`The old key opens nothing any more, and its connection is closed: ${charger.name} is offline until the new key stands in its settings.${charging ? ' The running session goes on by the last plan it was sent.' : ''}`}
        verb="Make a new key"
        onConfirm={async () => {
          setMade(await call(rotateChargerKey, { params: { depot: depot.id, charger: charger.id } }))
          void cache.invalidateQueries({ queryKey: [getCharger.path, depot.id, charger.id] })
        }}
      />
      {/* closed by its button only: the key is not shown again */}
      <Dialog
        open={made !== null}
        onOpenChange={() => {}}
        title={`${charger.name} has a new key`}
        className="max-w-xl!"
        footer={
          <Button variant="primary" onClick={() => setMade(null)}>
            I have kept the key
          </Button>
        }
      >
        {made && <ChargerKey name={charger.name} identity={charger.identity} secret={made.key} url={made.url} />}
      </Dialog>
    </>
  )
}
