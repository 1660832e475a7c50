'use client'
import { useRouter } from 'next/navigation'
import { type Provisioning, retireCharger } from '#lib/api/provisioning.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'
import { useHref } from '../ui/use-href.ts'
import { useChargersChanged } from './provisioning-query.ts'

/** The end of a charger's service. */
export function SetupRetire({ charger }: { charger: Provisioning }) {
  const depot = useDepot()
  const href = useHref()
  const router = useRouter()
  const changed = useChargersChanged()
  const inUse = charger.ports.filter((port) => port.inUse)
  const retire = async () => {
    await call(retireCharger, { params: { depot: depot.id, charger: charger.id }, input: { force: inUse.length > 0 } })
    say(`${charger.name} is retired`, { detail: 'Its sessions stay in the books.' })
    router.push(href('/chargers'))
    await changed()
  }
  return (
    <Question title="Does it leave?">
      <p className="mt-1 max-w-prose text-ink-2">
        A retired charger cannot connect, and its ports are not planned any more. Its sessions and bills stay. It can be restored, or its
        identity used for another.
      </p>
      <div className="mt-2">
        <Confirm
          label="Retire"
          title={`Take ${charger.name} out of service?`}
          consequence={
            <>
              Its key is destroyed, its connection is closed, and its ports leave plan and board. Its books stay.
              {inUse.length > 0 && (
                <b className="mt-2 block">
                  A session is open at {inUse.map(({ bay }) => bay).join(', ')}: it ends in the books with its last reading, and what flows
                  after that nobody tells us. Better stop it first.
                </b>
              )}
            </>
          }
          verb={inUse.length > 0 ? 'Retire it all the same' : 'Retire'}
          onConfirm={retire}
        />
      </div>
    </Question>
  )
}
