'use client'
import { useState } from 'react'
import type { z } from 'zod'
import { rotateChargerKey } from '#lib/api/charger.ts'
import { forgetNextKey, type newKeyOutput, type Provisioning, type RotationState } from '#lib/api/provisioning.ts'
import { momentText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Field } from '../ui/field.tsx'
import type { StatusKind } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { Status } from '../ui/status.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { useChargersChanged } from './provisioning-query.ts'

const WORDS: Record<RotationState, [StatusKind, string]> = {
  written: ['standby', 'Written down'],
  sent: ['standby', 'Sent'],
  taken: ['standby', 'Taken'],
  restart: ['caution', 'Taken, needs a restart'],
  unsure: ['caution', 'Not known'],
  refused: ['serious', 'Refused'],
  cancelled: ['off', 'Given up'],
  done: ['normal', 'In use'],
}

/** The charger's key: a new one told to the charger first, or one at once. */
export function SetupKey({ charger }: { charger: Provisioning }) {
  const depot = useDepot()
  const zone = useDepotZone()
  const changed = useChargersChanged()
  const [made, setMade] = useState<z.output<typeof newKeyOutput> | null>(null)
  const [given, setGiven] = useState('')
  const params = { depot: depot.id, charger: charger.id }
  const make = (how: 'now' | 'rotate') => async () => {
    const key = given.trim()
    setMade(await call(rotateChargerKey, { params, input: { how, ...(key === '' ? {} : { key }) } }))
    setGiven('')
    await changed()
  }
  const { rotation } = charger
  const own = (
    <Field
      label="A key of your own"
      value={given}
      onChange={({ target }) => setGiven(target.value)}
      autoComplete="off"
      spellCheck={false}
      hint="Empty: one is made. Else 32 to 40 hexadecimal digits, or 16 to 40 characters (to be sent to the charger at most 20)."
    />
  )
  return (
    <Question title="Which key does it have?">
      <p className="mt-1 text-ink-2">
        {!charger.hasKey
          ? 'None: it cannot connect.'
          : charger.keyIssuedAt === null
            ? 'It has one.'
            : `It has one since ${momentText(charger.keyIssuedAt, zone)}.`}
      </p>
      {rotation && (
        <p role="status" className="mt-1 flex max-w-prose flex-wrap items-baseline gap-x-3">
          <Status kind={WORDS[rotation.state][0]} word={`New key: ${WORDS[rotation.state][1].toLowerCase()}`} />
          <span className="text-ink-2">{rotation.detail}</span>
        </p>
      )}
      <div className="mt-2 flex flex-wrap gap-2">
        <Confirm
          label="Send a new key"
          title={`Send ${charger.name} a new key?`}
          consequence="The charger is told its new key and comes back with it. Until then both open, so it is never shut out; then the old one opens nothing."
          verb="Send a new key"
          disabledReason={
            rotation?.open
              ? 'One is on its way already.'
              : !charger.hasKey
                ? 'It has no key to be followed by another.'
                : charger.online
                  ? null
                  : 'It is offline: it can be told only while it is connected.'
          }
          onConfirm={make('rotate')}
        >
          {own}
        </Confirm>
        <Confirm
          label="New key at once"
          title={`A new key for ${charger.name} at once?`}
          consequence={`The old key opens nothing any more and its connection is closed: ${charger.name} is offline until somebody enters the new one in its settings.`}
          verb="Make a new key"
          onConfirm={make('now')}
        >
          {own}
        </Confirm>
        {rotation?.open && (
          <Confirm
            label="Give the new key up"
            title="Give the new key up?"
            consequence={
              rotation.state === 'written'
                ? 'It opens nothing any more, and the old one stays.'
                : 'It opens nothing any more, and the old one stays. If the charger has taken it already, it is shut out until somebody enters a key in its settings.'
            }
            verb="Give it up"
            onConfirm={async () => {
              await call(forgetNextKey, { params })
              await changed()
            }}
          />
        )}
      </div>
      {made && (
        <KeyDialog
          title={made.rotation ? `${charger.name} is being told a new key` : `${charger.name} has a new key`}
          name={charger.name}
          identity={charger.identity}
          made={made}
          close={() => setMade(null)}
        />
      )}
    </Question>
  )
}
