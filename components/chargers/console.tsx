'use client'
import { useQuery } from '@tanstack/react-query'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { useRef, useState } from 'react'
import type { ActionRow, CallRow } from '#lib/api/v1-charger.ts'
import type { Running } from '#lib/charging/call-interrupts.ts'
import { type SendableAction, sendableActions } from '#lib/ocpp/actions16.ts'
import type { Draft } from '#lib/ocpp/payload-form.ts'
import { boardOptions } from '../ui/board-query.ts'
import { useDepot } from '../ui/depot.tsx'
import { Select } from '../ui/field.tsx'
import { Mark } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { CallForm } from './call-form.tsx'
import { actionsOptions, useCall } from './console-query.ts'
import { MessageLog } from './message-log.tsx'
import { RecentCalls } from './recent-calls.tsx'

/** Every call that there is, as a form; its answer; and beside it what the charger and we say to each other. */
export function Console({ charger }: { charger: string }) {
  return (
    <div className="xl:grid xl:flex-1 xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
      <div className="flex min-w-0 flex-col gap-6 px-4 py-4 md:px-6">
        <Calls charger={charger} />
      </div>
      <div className="min-w-0 border-line border-t xl:border-t-0 xl:border-l">
        <MessageLog charger={charger} />
      </div>
    </div>
  )
}

type Begun = { payload: { [name: string]: Draft }; times: number }

function Calls({ charger }: { charger: string }) {
  const depot = useDepot()
  const { data, error, refetch } = useQuery(actionsOptions(charger))
  const [action, choose] = useQueryState('call', parseAsStringLiteral(sendableActions).withDefault('TriggerMessage'))
  // a call that is taken up again begins its form anew
  const [begun, begin] = useState<Begun | null>(null)
  const sending = useCall(depot.id, charger)
  const running = useRunning(depot.id, charger)
  const top = useRef<HTMLDivElement>(null)
  const take = (to: SendableAction, payload: Begun['payload'] | null) => {
    sending.reset()
    begin(payload && { payload, times: (begun?.times ?? 0) + 1 })
    void choose(to)
  }
  const again = ({ action: to, payload }: CallRow) => {
    const known = sendableActions.find((each) => each === to)
    if (known) take(known, payload as Begun['payload'])
    top.current?.scrollIntoView({ block: 'nearest' })
  }
  const row = data?.actions.find((each) => each.action === action)
  return (
    <>
      <div ref={top}>
        <Question title="What do you ask of it?">
          {row ? (
            <div className="mt-2 flex min-w-0 flex-col gap-3">
              <Chooser rows={data?.actions ?? []} row={row} choose={(to) => take(to, null)} />
              <CallForm
                key={`${row.action} ${begun?.times ?? 0}`}
                row={row}
                begin={begun?.payload ?? (row.example as Begun['payload'])}
                running={running}
                sending={sending}
              />
            </div>
          ) : error ? (
            <ErrorState title="The calls cannot be shown" detail={error.message} retry={() => void refetch()} />
          ) : (
            <SkeletonLines lines={6} label="Loading the calls" />
          )}
        </Question>
      </div>
      <RecentCalls charger={charger} again={again} />
    </>
  )
}

/** Who charges at it now, from the board, which is live. */
function useRunning(depot: string, charger: string): Running[] {
  const { data } = useQuery(boardOptions(depot))
  return (data?.ports ?? []).flatMap(({ chargerId, number, bay, session, vehicle, powerW }) =>
    chargerId === charger && session ? [{ port: number, bay, vehicle: vehicle?.name ?? null, drawing: (powerW ?? 0) > 0 }] : [],
  )
}

function Chooser({ rows, row, choose }: { rows: readonly ActionRow[]; row: ActionRow; choose: (action: SendableAction) => void }) {
  return (
    <>
      <Select
        label="Call"
        value={row.action}
        onChange={({ target }) => {
          const to = sendableActions.find((each) => each === target.value)
          if (to) choose(to)
        }}
        hint={row.about}
        options={rows.map(({ action, whyNot }) => ({ value: action, label: whyNot === null ? action : `${action} (not now)` }))}
      />
      {row.whyNot !== null && (
        <p className="flex items-baseline gap-2 bg-caution-tint px-3 py-2">
          <Mark kind="caution" />
          <span>{row.whyNot}</span>
        </p>
      )}
    </>
  )
}
