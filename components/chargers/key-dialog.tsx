'use client'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ChargerKey } from './charger-key.tsx'

/** A key, this once: closed by its button only. */
export function KeyDialog({
  title,
  name,
  identity,
  made,
  close,
}: {
  title: string
  name: string
  identity: string
  made: { key: string; url: string; rotation?: unknown }
  close: () => void
}) {
  return (
    <Dialog
      open
      onOpenChange={() => {}}
      title={title}
      className="max-w-xl!"
      footer={
        <Button variant="primary" onClick={close}>
          I have kept the key
        </Button>
      }
    >
      <ChargerKey name={name} identity={identity} secret={made.key} url={made.url} told={Boolean(made.rotation)} />
    </Dialog>
  )
}
