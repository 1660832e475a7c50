'use client'
import { type Provisioning, type Registration, setRegistration } from '#lib/api/provisioning.ts'
import { counted } from '#lib/format/number.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Question } from '../ui/question.tsx'
import { Status } from '../ui/status.tsx'
import { say } from '../ui/toast.tsx'
import { useChargersChanged } from './provisioning-query.ts'

const STATES = {
  accepted: { mark: 'normal', word: 'Accepted', means: 'It charges, and all it says is handled.' },
  pending: {
    mark: 'caution',
    word: 'Waits for approval',
    means: 'It is asked what it is and can be configured; it charges nobody, and of what it says only transactions are kept, for a look.',
  },
  rejected: { mark: 'off', word: 'Rejected', means: 'It is told to wait. Nothing it says is handled, and nothing is sent to it.' },
} as const

const ACTS: Record<Registration, { label: string; verb: string; consequence: string }> = {
  accepted: {
    label: 'Approve',
    verb: 'Approve',
    consequence: 'It may charge from its next registration on; where it understands that, it is asked to register at once.',
  },
  pending: {
    label: 'Hold back',
    verb: 'Let it wait',
    consequence:
      'Its connection is closed. When it is back it waits for approval: it charges nobody and cannot be started or stopped from here.',
  },
  rejected: {
    label: 'Reject',
    verb: 'Reject',
    consequence: 'Its connection is closed. When it is back it is told to wait, nothing it says is handled, and nothing is sent to it.',
  },
}

/** Whether the charger may take part. */
export function SetupRegistration({ charger }: { charger: Provisioning }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const { mark, word, means } = STATES[charger.registration]
  const others = (['accepted', 'pending', 'rejected'] as const).filter((each) => each !== charger.registration)
  const set = (registration: Registration) => async () => {
    const { detail } = await call(setRegistration, { params: { depot: depot.id, charger: charger.id }, input: { registration } })
    await changed()
    say(`${charger.name}: ${STATES[registration].word.toLowerCase()}`, { detail })
  }
  return (
    <Question title="May it take part?">
      <p className="mt-1 flex flex-wrap items-center gap-x-3">
        <Status kind={mark} word={word} />
        <span className="max-w-prose text-ink-2">
          {means}
          {charger.registration !== 'accepted' && ` It may ask again every ${counted(charger.retryS, 'second')}.`}
          {charger.refusedTimes > 0 &&
            ` ${counted(charger.refusedTimes, 'message')} of it ${charger.refusedTimes === 1 ? 'was' : 'were'} not handled.`}
        </span>
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {others.map((each) => (
          <Confirm
            key={each}
            label={ACTS[each].label}
            title={`${ACTS[each].label}: ${charger.name}?`}
            consequence={ACTS[each].consequence}
            verb={ACTS[each].verb}
            onConfirm={set(each)}
          />
        ))}
      </div>
    </Question>
  )
}
