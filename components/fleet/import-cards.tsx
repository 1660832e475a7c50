'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, useState } from 'react'
import { getTokens, importTokens, type TokensImported } from '#lib/api/token.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Table } from '../ui/table.tsx'

const EXAMPLE = 'idTag,vehicle,driver,group,expires\n04A1B2C3D4,Van 01,A. Ortiz,Night shift,2027-06-30'

/** Cards from a file of another system; each line tells what became of it. */
export function ImportCards({ close, changed }: { close: () => void; changed: () => Promise<void> }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const [csv, setCsv] = useState('')
  const send = useMutation({
    mutationFn: () => call(importTokens, { params: { depot: depot.id }, input: { csv } }),
    onSuccess: async () => {
      await Promise.all([changed(), cache.invalidateQueries({ queryKey: [getTokens.path, depot.id] })])
    },
  })
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) setCsv(await file.text())
  }
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-2xl!"
      title="Import cards"
      description="CSV with the column idTag and any of kind, status, expires, group, parentIdTag, vehicle, driver, costCentre. The same file may be sent again: a card that is there is changed in the cells that are filled in."
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

const WORDS = { added: 'Added', changed: 'Changed', same: 'Was so', refused: 'Refused' } as const
const ORDER = ['refused', 'changed', 'added', 'same']

function Results({ added, changed, same, refused, lines }: TokensImported) {
  return (
    <div role="status">
      <p className="text-strong">
        {counted(added, 'card')} added, {changed} changed{same > 0 && `, ${same} as they were`}
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
          { name: 'Card', cell: ({ text }) => text },
        ]}
      />
    </div>
  )
}
