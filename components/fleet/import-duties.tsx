'use client'
import { useMutation } from '@tanstack/react-query'
import { type ChangeEvent, useState } from 'react'
import { type Imported, importDuties } from '#lib/api/duty.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Table } from '../ui/table.tsx'

const EXAMPLE = 'vehicle,departs,returns,km\nVan 01,2026-11-24 06:30,2026-11-24 16:00,120'

/** Duties from a file of another system; each line tells what became of it. */
export function ImportDuties({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const depot = useDepot()
  const [csv, setCsv] = useState('')
  const send = useMutation({ mutationFn: () => call(importDuties, { params: { depot: depot.id }, input: { csv } }), onSuccess: changed })
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) setCsv(await file.text())
  }
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-2xl!"
      title="Import duties"
      description={`CSV with the columns vehicle, departs, returns, km. Times in depot time (${depot.zone}), or ISO with offset. The same file may be sent again: nothing is doubled.`}
      footer={
        send.data ? (
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              disabledReason={csv.trim() === '' ? 'Choose a file or paste its lines first.' : null}
              pending={send.isPending}
              pendingText="Importing…"
              onClick={() => send.mutate()}
            >
              Import
            </Button>
          </>
        )
      }
    >
      {send.data ? (
        <Results {...send.data} />
      ) : (
        <>
          <Field label="File" type="file" accept=".csv,text/csv,text/plain" onChange={(event) => void take(event)} />
          <label className="flex flex-col gap-1">
            <span className="text-ink-2 text-label">Or its lines</span>
            <textarea
              value={csv}
              onChange={({ target }) => setCsv(target.value)}
              rows={8}
              placeholder={EXAMPLE}
              spellCheck={false}
              className="rounded-control border border-control bg-surface p-2 font-mono text-note placeholder:text-ink-3"
            />
          </label>
          {send.error && (
            <p role="alert" className="text-critical-text text-label">
              {send.error.message}
            </p>
          )}
        </>
      )}
    </Dialog>
  )
}

const WORDS = { added: 'Added', same: 'Was there', refused: 'Refused' } as const
const ORDER = ['refused', 'added', 'same']

function Results({ added, same, refused, lines }: Imported) {
  return (
    <div role="status">
      <p className="text-strong">
        {counted(added, 'duty', 'duties')} added{same > 0 && `, ${same} there already`}
        {refused > 0 && `, ${counted(refused, 'line')} refused: correct them and send the file again`}.
      </p>
      <Table
        caption="What became of each line"
        className="mt-2 max-h-80 overflow-y-auto"
        rows={lines.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || a.line - b.line)}
        rowKey={({ line }) => line}
        columns={[
          { name: 'Line', header: true, cell: ({ line }) => line },
          { name: 'Result', className: 'whitespace-nowrap', cell: ({ outcome }) => WORDS[outcome] },
          { name: 'Duty', cell: ({ text }) => text },
        ]}
      />
    </div>
  )
}
