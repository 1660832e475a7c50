'use client'
import { parseAsString, useQueryState } from 'nuqs'
import { useState } from 'react'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { KeyText } from '../ui/key-text.tsx'
import { Question } from '../ui/question.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import type { Ask, ChargerView } from './charger-detail.tsx'
import { SearchField } from './search-field.tsx'
import { WantedSettings } from './wanted-settings.tsx'

type Key = ChargerView['configuration'][number]

/** The charger's own settings as it told them; some may be changed. */
export function Configuration({ charger, pending, ask }: { charger: ChargerView; pending: boolean; ask: Ask }) {
  const [words, search] = useQueryState('search', parseAsString.withDefault(''))
  const [changing, change] = useState<Key | null>(null)
  const rows = charger.configuration.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(words.toLowerCase()))
  const why = pending ? 'Wait for the answer to what was asked.' : charger.whyNot.reset
  return (
    <>
      <WantedSettings charger={charger} />
      <Question title="How is it set?" className="px-4 py-4 md:px-6">
        <div className="my-2 flex flex-wrap items-center gap-3">
          <SearchField label="Search keys" words={words} search={(to) => void search(to || null)} />
          <Button disabledReason={why} onClick={() => void ask({ kind: 'getConfiguration' }, 'Read the configuration')}>
            Read again
          </Button>
          <span className="text-ink-2 text-label">{counted(charger.configuration.length, 'key')}, as it told them last</span>
        </div>
        <Table<Key>
          caption="Configuration"
          rows={rows}
          rowKey={({ key }) => key}
          empty={
            <EmptyState title={charger.configuration.length === 0 ? 'It has not told its configuration yet' : 'No key fits'}>
              {charger.configuration.length === 0 ? 'It is read when the charger boots, or with “Read again”.' : 'Try a part of the name.'}
            </EmptyState>
          }
          columns={[
            { name: 'Key', header: true, cell: ({ key }) => <KeyText text={key} /> },
            {
              name: 'Value',
              className: 'max-w-96',
              cell: ({ value }) => (value === null || value === '' ? <i className="text-ink-3">none</i> : <KeyText text={value} />),
            },
            {
              name: 'Change',
              hiddenName: true,
              numeric: true,
              cell: (key) => (
                <Button
                  disabledReason={key.readonly ? 'The charger says that this key is read-only.' : why}
                  onClick={() => change(key)}
                  aria-label={`Change ${key.key}`}
                >
                  Change
                </Button>
              ),
            },
          ]}
        />
        {changing && <Change key={changing.key} changing={changing} close={() => change(null)} ask={ask} name={charger.name} />}
      </Question>
    </>
  )
}

function Change({ changing: { key, value }, close, ask, name }: { changing: Key; close: () => void; ask: Ask; name: string }) {
  const [text, setText] = useState(value ?? '')
  const same = text === (value ?? '') ? 'The value is as it was.' : null
  const send = () => {
    close()
    void ask({ kind: 'changeConfiguration', key, value: text }, `Set ${key} to “${text}”`)
  }
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title={`Change ${key}?`}
      description={`${name} is told at once. A wrong value can keep it from connecting or charging; keys that the power limits rest on are refused.`}
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabledReason={same} onClick={send}>
            Change it
          </Button>
        </>
      }
    >
      <Field
        label="New value"
        value={text}
        maxLength={500}
        onChange={({ target }) => setText(target.value)}
        hint={`Now: ${value ?? 'none'}`}
        spellCheck={false}
      />
    </Dialog>
  )
}
