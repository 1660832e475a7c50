'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type ImportedChargers, importChargers } from '#lib/api/provisioning.ts'
import { CHARGER_COLUMNS } from '#lib/charging/charger-columns.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { CsvSource, whyNoLines } from '../ui/csv-source.tsx'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { LineResults } from '../ui/line-results.tsx'
import { Mark } from '../ui/mark.tsx'
import { useChargersChanged } from './provisioning-query.ts'

const EXAMPLE = 'identity,name,node,bay,max_kw\nCP-0001,Charger 01,Panel A,01,19.2'

/** Many chargers from a list: tried first, then made; the keys can be kept as a file, this once. */
export function ImportChargers({ close }: { close: () => void }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const [csv, setCsv] = useState('')
  const [kept, setKept] = useState(false)
  const send = useMutation({
    mutationFn: (dryRun: boolean) => call(importChargers, { params: { depot: depot.id }, input: { csv, dryRun } }),
    onSuccess: ({ dryRun }) => (dryRun ? undefined : changed()),
  })
  const fill = (text: string) => {
    setCsv(text)
    send.reset()
  }
  const done = send.data && !send.data.dryRun ? send.data : undefined
  const tried = send.data?.dryRun ? send.data : undefined
  const keys = done?.lines.filter(({ key }) => key !== null) ?? []
  const nothing = whyNoLines(csv)
  return (
    <Dialog
      open
      // keys that were not taken along are gone
      onOpenChange={(to) => !to && (keys.length === 0 || kept) && close()}
      className="max-w-3xl!"
      title="Import chargers"
      description={done ? undefined : `CSV with at least the columns identity and max_kw. All columns: ${CHARGER_COLUMNS.join(', ')}.`}
      footer={
        done ? (
          <>
            {keys.length > 0 && (
              <Button
                onClick={() => {
                  download(done)
                  setKept(true)
                }}
              >
                Download {counted(keys.length, 'key')}
              </Button>
            )}
            <Button
              variant="primary"
              disabledReason={keys.length > 0 && !kept ? 'Download the keys first: they are not shown again.' : null}
              onClick={close}
            >
              Done
            </Button>
          </>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              disabledReason={nothing}
              pending={send.isPending && send.variables}
              pendingText="Trying…"
              onClick={() => send.mutate(true)}
            >
              Try it
            </Button>
            <Button
              variant="primary"
              disabledReason={
                nothing ??
                (tried ? (tried.created === 0 ? 'No line would be created.' : null) : 'Try it first: nothing is changed by that.')
              }
              pending={send.isPending && !send.variables}
              pendingText="Importing…"
              onClick={() => send.mutate(false)}
            >
              {tried && tried.created > 0 ? `Create ${counted(tried.created, 'charger')}` : 'Create'}
            </Button>
          </>
        )
      }
    >
      {!done && <CsvSource value={csv} onChange={fill} example={EXAMPLE} />}
      {send.error && (
        <p role="alert" className="text-critical-text text-label">
          {send.error.message}
        </p>
      )}
      {send.data && <Results {...send.data} />}
    </Dialog>
  )
}

function Results({ dryRun, created, exists, problems, lines, refusal }: ImportedChargers) {
  const words = { problem: 'Refused', created: dryRun ? 'Would be created' : 'Created', exists: 'Is there' }
  return (
    <div role="status" className="min-w-0">
      {refusal && (
        <p className="mb-2 flex items-baseline gap-2 bg-serious-tint px-3 py-2 text-serious-text">
          <Mark kind="serious" />
          <span>{refusal}</span>
        </p>
      )}
      <p className="text-strong">
        {counted(created, 'charger')} {dryRun ? 'would be created' : 'created'}
        {exists > 0 && `, ${exists} there already`}
        {problems > 0 && `, ${counted(problems, 'line')} refused: correct them and send the file again`}.
      </p>
      <LineResults
        lines={lines}
        words={words}
        more={[
          { name: 'Identity', wideOnly: true, cell: ({ identity }) => <span className="break-all">{identity}</span> },
          { name: 'Column', wideOnly: true, cell: ({ column }) => column && <code className="font-mono">{column}</code> },
          {
            name: 'What',
            cell: ({ identity, column, text }) => (
              <>
                <span className="block break-all text-ink-2 text-label md:hidden">{[identity, column].filter(Boolean).join(', ')}</span>
                {text}
              </>
            ),
          },
        ]}
      />
    </div>
  )
}

/** The keys of this import as a file: identity, key, address. */
function download({ lines, url }: ImportedChargers): void {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const rows = lines.flatMap(({ identity, key }) => (key === null ? [] : [[identity, key, `${url}${encodeURIComponent(identity)}`]]))
  const text = [['identity', 'key', 'url'], ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([`\ufeff${text}\r\n`], { type: 'text/csv;charset=utf-8' }))
  link.download = 'charger-keys.csv'
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
