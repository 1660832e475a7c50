'use client'
import { useState } from 'react'
import type { ChargerRow } from '#lib/api/charger.ts'
import { type Decided, decideChargers, MOST_DECIDED } from '#lib/api/provisioning.ts'
import { decidedText, notDecidedText } from '#lib/charging/decided-words.ts'
import { counted } from '#lib/format/number.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import { useChargersChanged } from './provisioning-query.ts'

type Waiting = readonly Pick<ChargerRow, 'id' | 'name'>[]

/** All that are listed, approved or rejected with one press; those that could not be are named with the reason. */
export function DecideAll({ chargers }: { chargers: Waiting }) {
  const { progress, decide } = useDecideAll()
  // while it is under way the list grows shorter; the question stays
  const all = counted(progress?.of ?? chargers.length, 'charger')
  const names = chargers.length <= 8 ? `${chargers.map(({ name }) => name).join(', ')}. ` : ''
  const under = progress && <p role="status">{`${progress.done} of ${progress.of} decided… It goes on when you close this.`}</p>
  return (
    <span className="inline-flex flex-wrap gap-2">
      <Confirm
        label={`Approve all ${chargers.length}`}
        title={`Approve ${all}?`}
        consequence={`${names}Each is asked to register anew and may charge from then on. One that is offline is accepted when it connects.`}
        verb={`Approve ${all}`}
        onConfirm={() => decide(chargers, 'accepted')}
      >
        {under}
      </Confirm>
      <Confirm
        label={`Reject all ${chargers.length}`}
        title={`Reject ${all}?`}
        consequence={`${names}Their connections are closed, nothing they say is handled, and nothing is sent to them. They stay in the list and can be accepted later, one by one.`}
        verb={`Reject ${all}`}
        onConfirm={() => decide(chargers, 'rejected')}
      >
        {under}
      </Confirm>
    </span>
  )
}

/** Sent in several requests, so that each is answered soon and the person sees how far it is. */
function useDecideAll() {
  const depot = useDepot()
  const changed = useChargersChanged()
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null)
  const decide = async (chargers: Waiting, registration: 'accepted' | 'rejected') => {
    const results: Decided[] = []
    try {
      while (results.length < chargers.length) {
        setProgress({ done: results.length, of: chargers.length })
        const next = chargers.slice(results.length, results.length + MOST_DECIDED).map(({ id }) => id)
        results.push(...(await call(decideChargers, { params: { depot: depot.id }, input: { chargers: next, registration } })).results)
      }
    } finally {
      setProgress(null)
      await changed()
    }
    const not = notDecidedText(results, new Map(chargers.map(({ id, name }) => [id, name])))
    if (not) sayProblem(decidedText(results, registration), not)
    else say(decidedText(results, registration))
  }
  return { progress, decide }
}
