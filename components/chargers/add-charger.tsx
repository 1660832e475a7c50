'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { type addCharger, getChargers } from '#lib/api/charger.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { AddChargerForm, type SiteNodeChoice } from './add-charger-form.tsx'
import { ChargerKey } from './charger-key.tsx'

type Added = z.output<typeof addCharger.output>

/** A new charger, or a stranger that is ours: a form, then its key and address, once. */
export function AddCharger({
  open,
  close,
  identity,
  nodes,
  taken,
}: {
  open: boolean
  close: () => void
  identity: string
  nodes: readonly SiteNodeChoice[]
  /** How many chargers there are: the next one's name and bay are guessed from it. */
  taken: number
}) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [added, setAdded] = useState<Added | null>(null)
  // closed by its button only, once the key is on the screen: it is not shown again
  const may = (to: boolean) => !to && added === null && close()
  return (
    <Dialog
      open={open}
      onOpenChange={may}
      title={added ? `${added.charger.name} is added` : identity ? `Adopt ${identity}` : 'Add a charger'}
      className="max-w-xl!"
      footer={
        added && (
          <Button variant="primary" onClick={close}>
            I have kept the key
          </Button>
        )
      }
    >
      {added ? (
        <ChargerKey
          name={added.charger.name}
          identity={added.charger.identity}
          secret={added.key}
          url={added.url}
          refusal={added.refusal}
        />
      ) : (
        <AddChargerForm
          depot={depot.id}
          nodes={nodes}
          given={{ identity, name: `Charger ${two(taken + 1)}`, bay: two(taken + 1) }}
          cancel={close}
          done={(answer) => {
            setAdded(answer)
            void cache.invalidateQueries({ queryKey: [getChargers.path, depot.id] })
          }}
        />
      )}
    </Dialog>
  )
}

const two = (n: number): string => String(n).padStart(2, '0')
