'use client'
import { useQuery } from '@tanstack/react-query'
import { counted } from '#lib/format/number.ts'
import { useDepot } from '../ui/depot.tsx'
import { Facts } from '../ui/facts.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { provisioningOptions } from './provisioning-query.ts'
import { SetupFacts } from './setup-facts.tsx'
import { SetupKey } from './setup-key.tsx'
import { SetupPorts } from './setup-ports.tsx'
import { SetupRegistration } from './setup-registration.tsx'
import { SetupRetire } from './setup-retire.tsx'

/** What a person sets of a charger: whether it may come in, what it is called, its ports, its key, and its end. */
export function Setup({ charger }: { charger: string }) {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(provisioningOptions(depot.id, charger))
  if (!data)
    return (
      <div className="px-4 md:px-6">
        {error ? (
          <ErrorState title="The setup of this charger cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={12} label="Loading the setup" />
        )}
      </div>
    )
  return (
    <div className="flex flex-col gap-8 px-4 py-4 md:px-6">
      <SetupRegistration charger={data} />
      {/* a form begins with what is stored: a change by somebody else begins it anew */}
      <SetupFacts key={`facts ${data.name} ${data.nodeId} ${data.group} ${data.maxW}`} charger={data} />
      <SetupPorts key={`ports ${data.ports.map(({ id, number }) => `${number} ${id}`).join()}`} charger={data} />
      <SetupKey charger={data} />
      <Question title="What did it tell of itself?">
        <Facts
          className="mt-2 max-w-md"
          facts={[
            ['Meter', [data.meter.type, data.meter.serial].filter(Boolean).join(', ') || 'not told'],
            ['SIM card (ICCID)', data.sim.iccid ?? 'not told'],
            ['Subscriber (IMSI)', data.sim.imsi ?? 'not told'],
            [
              'Unknown properties',
              data.bentTimes === 0 ? 'none' : `in ${counted(data.bentTimes, 'message')}, ${data.lenient ? 'left out' : 'refused since'}`,
            ],
          ]}
        />
      </Question>
      <SetupRetire charger={data} />
    </div>
  )
}
