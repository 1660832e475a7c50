'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { addCharger } from '#lib/api/charger.ts'
import { ButtonLink } from '../ui/button.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { AddChargerForm } from './add-charger-form.tsx'
import { ChargerKey } from './charger-key.tsx'
import { chargersOptions } from './charger-query.ts'

/** The last step of a first run: one charger and what to enter in it. It may be left for later. */
export function FirstChargerStep({ depot }: { depot: { id: string; name: string } }) {
  const { data, error, refetch } = useQuery(chargersOptions(depot.id))
  const [added, setAdded] = useState<z.output<typeof addCharger.output> | null>(null)
  if (added)
    return (
      <div className="flex flex-col gap-6">
        <ChargerKey name={added.charger.name} identity={added.charger.identity} secret={added.key} url={added.url} />
        <ButtonLink variant="primary" wide href="/chargers">
          I have kept the key: go to the chargers
        </ButtonLink>
      </div>
    )
  if (!data)
    return error ? (
      <ErrorState title="The depot cannot be shown" detail={error.message} retry={() => void refetch()} />
    ) : (
      <SkeletonLines lines={6} label="Loading the depot" />
    )
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-2">The first charger of {depot.name}.</p>
      <AddChargerForm
        depot={depot.id}
        nodes={data.nodes}
        given={{ identity: data.knocking[0]?.identity ?? '', name: 'Charger 01', bay: '01' }}
        done={setAdded}
      />
      <p className="text-ink-2">
        Not at hand?{' '}
        <a className="underline underline-offset-[3px]" href="/chargers">
          Go on without one
        </a>{' '}
        and add it on the page Chargers.
      </p>
    </div>
  )
}
