'use client'
import { useState } from 'react'
import { AdministratorStep } from './administrator-step.tsx'
import { ChargerStep } from './charger-step.tsx'
import { DepotStep } from './depot-step.tsx'

export type Step = 'administrator' | 'depot' | 'charger'
const STEPS: { id: Step; word: string }[] = [
  { id: 'administrator', word: 'Administrator' },
  { id: 'depot', word: 'Depot and cap' },
  { id: 'charger', word: 'First charger' },
]

/** Three steps, one form each; a reload goes on where it stood. */
export function FirstRun({ start, depotId }: { start: Step; depotId: string | null }) {
  const [step, setStep] = useState(start)
  const [depot, setDepot] = useState(depotId)
  return (
    <>
      <ol className="mt-6 mb-4 flex flex-wrap gap-x-4 gap-y-1 text-label">
        {STEPS.map(({ id, word }, i) => (
          <li key={id} aria-current={id === step ? 'step' : undefined} className={id === step ? 'font-semibold text-ink' : 'text-ink-3'}>
            {i + 1} {word}
          </li>
        ))}
      </ol>
      {step === 'administrator' && <AdministratorStep done={() => setStep('depot')} />}
      {step === 'depot' && (
        <DepotStep
          done={(id) => {
            setDepot(id)
            setStep('charger')
          }}
        />
      )}
      {step === 'charger' && depot !== null && <ChargerStep depotId={depot} />}
    </>
  )
}
