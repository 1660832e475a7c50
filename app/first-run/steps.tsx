'use client'
import { useState } from 'react'
import { FirstChargerStep } from '#components/chargers/first-charger-step.tsx'
import { AdministratorStep } from '#components/settings/administrator-step.tsx'
import { DepotStep } from '#components/settings/depot-step.tsx'
import { cx } from '#components/ui/class-names.ts'

const STEPS = ['Administrator', 'Depot', 'First charger'] as const

/** Three steps in their order; where one is follows from what there is already, so that a closed window loses nothing. */
export function FirstRun({ signedIn, depot: given }: { signedIn: boolean; depot: { id: string; name: string } | null }) {
  const [administrator, setAdministrator] = useState(signedIn)
  const [depot, setDepot] = useState(given)
  const step = !administrator ? 0 : depot === null ? 1 : 2
  return (
    <>
      <h1 className="mt-6 text-figure">Set up this installation</h1>
      <ol className="mt-2 mb-6 flex flex-wrap gap-x-4 gap-y-1 text-label" aria-label="Steps">
        {STEPS.map((name, index) => (
          <li
            key={name}
            aria-current={index === step ? 'step' : undefined}
            className={cx('border-t-2 pt-1', index === step ? 'border-ink text-ink' : 'border-line-2 text-ink-2')}
          >
            {index + 1}. {name}
            {index < step && ', done'}
          </li>
        ))}
      </ol>
      {step === 0 ? (
        <AdministratorStep done={() => setAdministrator(true)} />
      ) : depot === null ? (
        <DepotStep done={setDepot} />
      ) : (
        <FirstChargerStep depot={depot} />
      )}
    </>
  )
}
