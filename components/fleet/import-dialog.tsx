import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { CsvSource, whyNoLines } from '../ui/csv-source.tsx'
import { Dialog } from '../ui/dialog.tsx'

/** A file of another system is sent, and each of its lines tells what became of it. */
export function ImportDialog<Told>({
  title,
  description,
  example,
  send,
  sent,
  results,
  close,
}: {
  title: string
  description: string
  example: string
  send: (csv: string) => Promise<Told>
  /** Called when it was taken in, before the results are shown. */
  sent: () => Promise<unknown>
  results: (told: Told) => ReactNode
  close: () => void
}) {
  const [csv, setCsv] = useState('')
  const sending = useMutation({ mutationFn: () => send(csv), onSuccess: sent })
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      className="max-w-2xl!"
      title={title}
      description={description}
      footer={
        sending.data ? (
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button
              variant="primary"
              disabledReason={whyNoLines(csv)}
              pending={sending.isPending}
              pendingText="Importing…"
              onClick={() => sending.mutate()}
            >
              Import
            </Button>
          </>
        )
      }
    >
      {sending.data ? (
        <div role="status">{results(sending.data)}</div>
      ) : (
        <>
          <CsvSource value={csv} onChange={setCsv} example={example} />
          {sending.error && (
            <p role="alert" className="text-critical-text text-label">
              {sending.error.message}
            </p>
          )}
        </>
      )}
    </Dialog>
  )
}
