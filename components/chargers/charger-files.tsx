'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getChargerFiles } from '#lib/api/file.ts'
import { Button } from '../ui/button.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { AskLog } from './ask-log.tsx'
import { chargerFilesOptions } from './file-query.ts'
import { LogTable } from './log-table.tsx'
import { UpdateFirmware } from './update-firmware.tsx'
import { UpdateList } from './update-list.tsx'

/** What the charger was asked to send, and the firmware it was given: how far it is, what was, and what can be asked now. */
export function ChargerFiles({ charger, name }: { charger: string; name: string }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(chargerFilesOptions(depot.id, charger))
  const [asking, ask] = useState<'log' | 'update' | null>(null)
  const changed = () => cache.invalidateQueries({ queryKey: [getChargerFiles.path, depot.id, charger] })
  if (!data)
    return (
      <div className="px-4 md:px-6">
        {error ? (
          <ErrorState title="The files cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={8} label="Loading the files" />
        )}
      </div>
    )
  return (
    <>
      {error && <p className="px-4 pt-3 text-label text-serious-text md:px-6">The server does not answer: this is what it said last.</p>}
      <Question title="Which firmware does it run?" className="px-4 py-4 md:px-6">
        <div className="my-2 flex flex-wrap items-center gap-3">
          <span className="text-strong">{data.firmware ?? 'Not told yet'}</span>
          <Button disabledReason={data.whyNot.update} onClick={() => ask('update')}>
            Update firmware
          </Button>
        </div>
        {data.updates.length === 0 ? (
          <EmptyState title="It was never updated from here">
            The image comes from the library under Chargers. The charger fetches it by itself and tells each step.
          </EmptyState>
        ) : (
          <UpdateList updates={data.updates} charger={charger} changed={changed} />
        )}
      </Question>
      <Question title="What did it send?" className="border-line border-t px-4 py-4 md:px-6">
        <div className="my-2">
          <Button disabledReason={data.whyNot.log} onClick={() => ask('log')}>
            Ask for a log
          </Button>
        </div>
        {data.logs.length === 0 ? (
          <EmptyState title="No log was asked for yet">
            Diagnostics and the security log help the maker to find a fault. The charger sends them here over an address that opens once.
          </EmptyState>
        ) : (
          <LogTable logs={data.logs} />
        )}
      </Question>
      {asking === 'log' && <AskLog charger={charger} name={name} close={() => ask(null)} changed={changed} />}
      {asking === 'update' && (
        <UpdateFirmware
          charger={charger}
          name={name}
          runs={data.firmware}
          whyWait={data.whyWait}
          close={() => ask(null)}
          changed={changed}
        />
      )}
    </>
  )
}
