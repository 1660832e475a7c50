'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ChargerRules, type DesiredRow, desiredInput, getChargerRules, removeDesired, setDesired } from '#lib/api/configuration.ts'
import { counted } from '#lib/format/number.ts'
import { dayText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { cx } from '../ui/class-names.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { KeyText } from '../ui/key-text.tsx'
import { Question } from '../ui/question.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { say } from '../ui/toast.tsx'

/** Configuration keys as they should be, for a model or a group of chargers. */
export function DesiredSettings({ rules }: { rules: ChargerRules }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [editing, edit] = useState<DesiredRow | 'new' | null>(null)
  const changed = () => cache.invalidateQueries({ queryKey: [getChargerRules.path, depot.id] })
  const remove = async (row: DesiredRow) => {
    await call(removeDesired, { params: { depot: depot.id, setting: row.id } })
    await changed()
    say(`${row.key} is no longer wanted`, { detail: 'The chargers keep what they have.' })
  }
  const add = <Button onClick={() => edit('new')}>Add a setting</Button>
  return (
    <Question title="What should some be set to?">
      <p className="mt-1 max-w-prose text-ink-2">
        A group goes before a model, a model before what every charger gets. Keys that the power limits or the security rest on cannot be
        set here.
      </p>
      {rules.desired.length === 0 ? (
        <EmptyState title="Nothing special is wanted of any model or group" action={add}>
          Every charger gets what metering, the offline rule and the connection need.
        </EmptyState>
      ) : (
        <>
          <div className="my-2">{add}</div>
          <Table<DesiredRow>
            caption="Desired settings"
            rows={rules.desired}
            rowKey={({ id }) => id}
            columns={[
              {
                name: 'For',
                header: true,
                className: 'whitespace-nowrap',
                cell: ({ kind, name, chargers }) => (
                  <>
                    {`${kind === 'model' ? '' : 'Group '}${name}`}
                    <span className={cx('block text-label', chargers === 0 ? 'text-serious-text' : 'text-ink-3')}>
                      {chargers === 0 ? 'no charger now' : counted(chargers, 'charger')}
                    </span>
                  </>
                ),
              },
              { name: 'Key', cell: ({ key }) => <KeyText text={key} /> },
              {
                name: 'Value',
                className: 'max-w-72',
                cell: ({ value }) => (value === '' ? <i className="text-ink-3">empty</i> : <KeyText text={value} />),
              },
              {
                name: 'Changed',
                wideOnly: true,
                className: 'whitespace-nowrap',
                cell: ({ changedAt, changedBy }) => `${dayText(changedAt, depot.zone)}, ${changedBy}`,
              },
              {
                name: 'Acts',
                hiddenName: true,
                numeric: true,
                cell: (row) => (
                  <span className="inline-flex flex-wrap justify-end gap-2">
                    <Button onClick={() => edit(row)} aria-label={`Change ${row.key} of ${row.name}`}>
                      Change
                    </Button>
                    <Confirm
                      label="Remove"
                      title={`Want nothing of ${row.key} any more?`}
                      consequence={`Chargers of ${row.name} keep what they have; they are no longer compared in this key.`}
                      verb="Remove"
                      onConfirm={() => remove(row)}
                    />
                  </span>
                ),
              },
            ]}
          />
        </>
      )}
      {editing && <Edit row={editing === 'new' ? undefined : editing} rules={rules} close={() => edit(null)} changed={changed} />}
    </Question>
  )
}

function Edit({
  row,
  rules,
  close,
  changed,
}: {
  row: DesiredRow | undefined
  rules: ChargerRules
  close: () => void
  changed: () => Promise<void>
}) {
  const depot = useDepot()
  const of = [...rules.models.map((name) => ({ kind: 'model', name })), ...rules.groups.map((name) => ({ kind: 'group', name }))]
  const given =
    row && !of.some(({ kind, name }) => kind === row.kind && name === row.name) ? [{ kind: row.kind, name: row.name }, ...of] : of
  const value = ({ kind, name }: { kind: string; name: string }) => `${kind}:${name}`
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title={row ? `Change ${row.key}` : 'Add a setting'}
      description={
        rules.repairAutomatically
          ? 'The chargers that are connected are told at once.'
          : 'The chargers that differ are shown; “Repair all” tells them.'
      }
    >
      <EntryForm
        schema={desiredInput}
        submit="Save"
        cancel={close}
        read={(form) => {
          const [kind, name = ''] = textOf(form, 'of').split(/:(.*)/)
          return { kind, name, key: row?.key ?? textOf(form, 'key'), value: textOf(form, 'value') }
        }}
        send={async (input) => {
          const { hint } = await call(setDesired, { params: { depot: depot.id }, input })
          await changed()
          say(`${input.key} is wanted of ${input.name}`, hint === null ? {} : { detail: hint })
          close()
        }}
      >
        {(wrong) => (
          <>
            <Select
              label="For"
              name="of"
              error={wrong.name ?? wrong.kind}
              defaultValue={row ? value(row) : undefined}
              hint={given.length === 0 ? 'No charger has told its model yet, and none is in a group.' : undefined}
              options={(row ? given.filter((one) => value(one) === value(row)) : given).map((one) => ({
                value: value(one),
                label: `${one.kind === 'model' ? 'Model' : 'Group'} ${one.name}`,
              }))}
            />
            {!row && <Field label="Key" name="key" error={wrong.key} maxLength={50} spellCheck={false} autoComplete="off" required />}
            <Field
              label="Value"
              name="value"
              defaultValue={row?.value ?? ''}
              error={wrong.value}
              maxLength={500}
              spellCheck={false}
              autoFocus={Boolean(row)}
            />
          </>
        )}
      </EntryForm>
    </Dialog>
  )
}
