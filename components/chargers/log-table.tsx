'use client'
import { type LogRow, openFile } from '#lib/api/file.ts'
import { LOG_NAMES } from '#lib/charging/file-words.ts'
import { bytesText } from '#lib/format/bytes.ts'
import { nearText } from '#lib/format/time.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { sayProblem } from '../ui/toast.tsx'

/** What was asked for, newest first: how far it is, and its file. */
export function LogTable({ logs }: { logs: readonly LogRow[] }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  return (
    <Table<LogRow>
      caption="Logs and diagnostics"
      rows={logs}
      rowKey={({ id }) => id}
      columns={[
        { name: 'Asked', header: true, className: 'whitespace-nowrap', cell: ({ createdAt }) => nearText(createdAt, now, zone) },
        { name: 'What', className: 'whitespace-nowrap', cell: ({ kind }) => LOG_NAMES[kind] ?? kind },
        {
          name: 'State',
          className: 'md:min-w-48',
          cell: ({ mark, word, detail }) => (
            <div>
              <Status kind={mark} word={word} />
              {detail && <span className="block text-ink-2 text-label">{detail}</span>}
            </div>
          ),
        },
        {
          name: 'File',
          wideOnly: true,
          className: 'min-w-40 break-all',
          cell: ({ file, state }) =>
            file ? file.name : state === 'uploaded' ? 'to an address of its own' : <span className="text-ink-3">–</span>,
        },
        { name: 'Size', wideOnly: true, numeric: true, cell: ({ file }) => (file && file.sizeBytes > 0 ? bytesText(file.sizeBytes) : '') },
        { name: 'By', wideOnly: true, cell: ({ by }) => by },
        { name: 'Act', hiddenName: true, numeric: true, cell: ({ file }) => file?.state === 'complete' && <Download file={file} /> },
      ]}
    />
  )
}

/** Fetches an address that opens once, and goes there: the browser saves what it gets. */
export function Download({ file }: { file: { id: string; name: string } }) {
  const depot = useDepot()
  const open = () =>
    call(openFile, { params: { depot: depot.id, file: file.id } }).then(
      ({ url }) => window.location.assign(url),
      (error: Error) => sayProblem('The file cannot be downloaded', error.message),
    )
  return (
    <Button aria-label={`Download ${file.name}`} onClick={() => void open()}>
      Download
    </Button>
  )
}
