'use client'
import { useId, useState } from 'react'
import type { DriverView } from '#lib/api/driver.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDriverAct } from './driver-acts.tsx'

type Van = NonNullable<DriverView['van']>

/** In the driver's own words; the depot sees it as an alert. */
export function ReportProblem({ van, disabledReason }: { van: Van; disabledReason: string | null }) {
  const id = useId()
  const { mutateAsync } = useDriverAct()
  const [text, setText] = useState('')
  const send = async () => {
    const words = text.trim()
    if (words.length < 3) throw new Error('Say in a few words what is wrong.')
    await mutateAsync({ kind: 'problem', vehicleId: van.id, text: words })
    setText('')
  }
  return (
    <Confirm
      size="driver"
      wide
      label="Report a problem"
      title="What is wrong?"
      consequence={`The depot gets your words with ${van.name}${van.bay ? ` and bay ${van.bay}` : ''}.`}
      verb="Send report"
      disabledReason={disabledReason}
      onConfirm={send}
    >
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="text-ink-2 text-label">
          The problem
        </label>
        <textarea
          id={id}
          rows={4}
          maxLength={1000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="The cable is damaged"
          className="w-full rounded-control border border-control bg-surface px-2.5 py-2 text-ink placeholder:text-ink-3"
        />
      </div>
    </Confirm>
  )
}
