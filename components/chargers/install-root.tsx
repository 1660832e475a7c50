'use client'
import { type FormEvent, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Select } from '../ui/field.tsx'
import type { Secure } from './charger-security.tsx'

const WHICH = [
  { value: 'ours', label: 'Our root, for our own certificate' },
  { value: 'CentralSystemRootCertificate', label: 'Another root for our certificate' },
  { value: 'ManufacturerRootCertificate', label: 'A root for signed firmware' },
]

/** Gives a charger a root to trust. */
export function InstallRoot({ close, secure }: { close: () => void; secure: Secure }) {
  const [which, setWhich] = useState('ours')
  const [pem, setPem] = useState('')
  const why = which !== 'ours' && !pem.includes('BEGIN CERTIFICATE') ? 'Paste a certificate first.' : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (why) return
    const type = which === 'ManufacturerRootCertificate' ? which : 'CentralSystemRootCertificate'
    void secure({ kind: 'installCertificate', type, ...(which === 'ours' ? {} : { pem: pem.trim() }) })
    close()
  }
  return (
    <Dialog open onOpenChange={(to) => !to && close()} className="max-w-xl!" title="Install a root in the charger">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Select label="Which" options={WHICH} value={which} onChange={({ target }) => setWhich(target.value)} />
        {which !== 'ours' && (
          <label className="flex flex-col gap-1 text-ink-2 text-label">
            Certificate (PEM)
            <textarea
              value={pem}
              onChange={({ target }) => setPem(target.value)}
              maxLength={5500}
              rows={8}
              placeholder="-----BEGIN CERTIFICATE-----"
              className="rounded-control border border-control bg-surface p-2 font-mono text-ink text-note"
            />
          </label>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="primary" disabledReason={why}>
            Install it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
