'use client'
import { useState } from 'react'
import { askLog, type LogKind, logAsk, logKinds } from '#lib/api/file.ts'
import { LOG_NAMES } from '#lib/charging/file-words.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import { momentOf } from './local-moment.ts'

const HINTS: Record<LogKind, string> = {
  diagnostics: 'Every charger of OCPP 1.6 with firmware management knows this one.',
  DiagnosticsLog: 'The same with a number of its own, for chargers with the security extensions.',
  SecurityLog: 'Who signed in at the charger, what was opened or changed: security extensions.',
}

/** Which log, and of which time. */
export function AskLog({
  charger,
  name,
  close,
  changed,
}: {
  charger: string
  name: string
  close: () => void
  changed: () => Promise<void>
}) {
  const depot = useDepot()
  const zone = useDepotZone()
  const [kind, choose] = useState<LogKind>('diagnostics')
  return (
    <Dialog open onOpenChange={(to) => !to && close()} title={`Ask ${name} for a log`} description={`In depot time, ${zone}.`}>
      <EntryForm
        schema={logAsk}
        read={(form) => ({
          kind,
          oldest: momentOf(textOf(form, 'oldest'), zone),
          latest: momentOf(textOf(form, 'latest'), zone),
          retries: numberOf(form, 'retries'),
        })}
        submit="Ask for it"
        cancel={close}
        send={async (input) => {
          const { outcome, detail } = await call(askLog, { params: { depot: depot.id, charger }, input })
          await changed()
          if (outcome === 'accepted') say(`${name} sends it`, { detail: 'It takes as long as the charger needs to collect it.' })
          else sayProblem(`${name} does not send it`, detail)
          close()
        }}
      >
        {(wrong) => (
          <>
            <Select
              label="Which"
              name="kind"
              value={kind}
              hint={HINTS[kind]}
              error={wrong.kind}
              onChange={({ target }) => choose(logKinds.find((each) => each === target.value) ?? 'diagnostics')}
              options={logKinds.map((value) => ({ value, label: LOG_NAMES[value]! }))}
            />
            <div className="grid items-start gap-3 md:grid-cols-2">
              <Field label="From" name="oldest" type="datetime-local" hint="Empty: as far back as it goes." error={wrong.oldest} />
              <Field label="Until" name="latest" type="datetime-local" hint="Empty: until now." error={wrong.latest} />
            </div>
            <Field
              label="Tries after a failure"
              name="retries"
              type="number"
              min={0}
              max={10}
              hint="Empty: as the charger does by itself."
              error={wrong.retries}
            />
          </>
        )}
      </EntryForm>
    </Dialog>
  )
}
