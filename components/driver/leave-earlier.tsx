'use client'
import { useState } from 'react'
import type { DriverView } from '#lib/api/driver.ts'
import { earlierDeparture } from '#lib/fleet/earlier-departure.ts'
import { clockText } from '#lib/format/time.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepotNow } from '../ui/depot-clock.tsx'
import { Field } from '../ui/field.tsx'
import { useDriverAct } from './driver-acts.tsx'

type Van = NonNullable<DriverView['van']>

/** A time is enough: the plan is made anew. What is no earlier time is said in the dialog. */
export function LeaveEarlier({ van, zone, disabledReason }: { van: Van; zone: string; disabledReason: string | null }) {
  const now = useDepotNow(5000)
  const { mutateAsync } = useDriverAct()
  const [time, setTime] = useState('')
  const send = async () => {
    const meant = earlierDeparture(time, { now, departsAt: van.departsAt, zone })
    if (meant.kind === 'refused') throw new Error(meant.reason)
    await mutateAsync({ kind: 'leaveEarlier', vehicleId: van.id, departsAt: meant.departsAt })
    setTime('')
  }
  return (
    <Confirm
      size="driver"
      wide
      label="I must leave earlier"
      title="When do you leave?"
      consequence={
        van.departsAt === null
          ? `${van.name} has no duty yet. Your time counts until the dispatcher says another.`
          : `Planned is ${clockText(van.departsAt, zone)}. The plan is made anew for your time, as far as the cap allows.`
      }
      verb="Tell the depot"
      disabledReason={disabledReason}
      onConfirm={send}
    >
      <Field label="I leave at" type="time" required value={time} onChange={(event) => setTime(event.target.value)} />
    </Confirm>
  )
}
