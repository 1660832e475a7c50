'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { startCompatibilityCheck } from '#lib/api/compatibility.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { checksOptions } from './compatibility-query.ts'

/** Asks what a check may do beyond what nobody notices, and starts it. */
export function StartCheck({ charger, whyNot }: { charger: string; whyNot: string | null }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [mayUseVehicle, setMayUseVehicle] = useState(false)
  const [mayRestart, setMayRestart] = useState(false)
  const start = async () => {
    await call(startCompatibilityCheck, { params: { depot: depot.id, charger }, input: { mayUseVehicle, mayRestart } })
    await cache.invalidateQueries({ queryKey: checksOptions(depot.id, charger).queryKey })
  }
  return (
    <Confirm
      label="Check it"
      variant="primary"
      disabledReason={whyNot}
      title="Check how this charger follows its limits?"
      consequence="It tries limits at one port, none above what the site has room for, asks what the charger knows, and puts everything back. It takes a minute or two and can be cancelled."
      verb="Start the check"
      onConfirm={start}
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-ink-2 text-label">It may also</legend>
        <Choice
          label="lower the limit of a vehicle that charges there"
          hint="For a minute, and not where the vehicle would leave late. Only so is it seen whether the charger follows."
          checked={mayUseVehicle}
          change={setMayUseVehicle}
        />
        <Choice
          label="restart the charger"
          hint="Only while nobody charges there and the site has room for its full power: it may forget its limits."
          checked={mayRestart}
          change={setMayRestart}
        />
      </fieldset>
    </Confirm>
  )
}

function Choice({ label, hint, checked, change }: { label: string; hint: string; checked: boolean; change: (to: boolean) => void }) {
  return (
    <label className="grid min-h-(--target) grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-2">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.target.checked)} className="size-4 accent-ink" />
      <span>
        {label}
        <span className="block text-ink-3 text-note">{hint}</span>
      </span>
    </label>
  )
}
