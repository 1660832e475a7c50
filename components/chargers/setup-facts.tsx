'use client'
import { type FormEvent, useState } from 'react'
import { changeCharger, type Provisioning } from '#lib/api/provisioning.ts'
import { Button } from '../ui/button.tsx'
import { CallFailed, call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { numberOf, textOf, type Wrong } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'
import { useChargersChanged } from './provisioning-query.ts'

/** Name, place in the tree, group and how strictly it is read. */
export function SetupFacts({ charger }: { charger: Provisioning }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const [wrong, setWrong] = useState<Wrong>({})
  const [refusal, setRefusal] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (pending) return
    const form = new FormData(event.currentTarget)
    const parsed = changeCharger.input!.safeParse({
      name: textOf(form, 'name'),
      nodeId: textOf(form, 'nodeId'),
      group: textOf(form, 'group'),
      maxKw: numberOf(form, 'maxKw'),
      pinnedProtocol: textOf(form, 'pinnedProtocol') || null,
      lenient: form.get('lenient') === 'on',
    })
    setRefusal(null)
    setWrong(parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])))
    if (!parsed.success) return
    setPending(true)
    try {
      await call(changeCharger, { params: { depot: depot.id, charger: charger.id }, input: parsed.data })
      await changed()
      say(`${parsed.data.name} is changed`)
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error))
      if (error instanceof CallFailed) setWrong(error.fields)
    } finally {
      setPending(false)
    }
  }
  return (
    <Question title="What is it called, and where does it hang?">
      <form onSubmit={(event) => void submit(event)} noValidate className="mt-2 flex max-w-3xl flex-col gap-3">
        <div className="grid items-start gap-3 md:grid-cols-2">
          <Field label="Name" name="name" defaultValue={charger.name} error={wrong.name} required />
          <Field
            label="Group"
            name="group"
            defaultValue={charger.group ?? ''}
            error={wrong.group}
            hint="Chargers of a group are configured alike."
          />
          <Select
            label="Hangs on"
            name="nodeId"
            defaultValue={charger.nodeId}
            error={wrong.nodeId}
            hint="Its power counts there and above."
            options={charger.nodes.map(({ id, name, kind }) => ({ value: id, label: `${name} (${kind})` }))}
          />
          <Field
            label="All its ports together, kW"
            name="maxKw"
            inputMode="decimal"
            defaultValue={charger.maxW / 1000}
            error={wrong.maxKw}
            hint="What the charger as a whole may give."
          />
          <Select
            label="Protocol"
            name="pinnedProtocol"
            defaultValue={charger.pinnedProtocol ?? ''}
            hint="Pinned: it is refused when it comes in another one."
            options={[
              { value: '', label: 'whatever both speak' },
              { value: 'ocpp1.6', label: 'OCPP 1.6 only' },
              { value: 'ocpp2.0.1', label: 'OCPP 2.0.1 only (not spoken yet: it is refused)' },
            ]}
          />
        </div>
        <label className="flex min-h-(--target) items-center gap-2">
          <input type="checkbox" name="lenient" defaultChecked={charger.lenient} className="size-4 flex-none accent-ink" />
          Take messages with properties that the protocol does not know, and leave those out
        </label>
        {refusal && (
          <p role="alert" className="text-critical-text text-label">
            {refusal}
          </p>
        )}
        <div>
          <Button type="submit" pending={pending} pendingText="Saving…">
            Save
          </Button>
        </div>
      </form>
    </Question>
  )
}
