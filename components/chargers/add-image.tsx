'use client'
import { useEffect, useRef, useState } from 'react'
import { addFirmware, firmwareAnnouncement } from '#lib/api/firmware.ts'
import { bytesText } from '#lib/format/bytes.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, textOf } from '../ui/entry-form.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { say } from '../ui/toast.tsx'
import { type UploadProgress, upload } from './upload.ts'

/** An image of the maker: the file, what it is, and the signature where the maker gives one. It is sent while the dialog is open. */
export function AddImage({ maxBytes, close, changed }: { maxBytes: number; close: () => void; changed: () => Promise<void> }) {
  const depot = useDepot()
  const [file, setFile] = useState<File | null>(null)
  const [progress, setProgress] = useState<UploadProgress | null>(null)
  const stop = useRef(new AbortController())
  useEffect(() => {
    stop.current = new AbortController()
    return () => stop.current.abort()
  }, [])
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title="Add a firmware image"
      description={`The file as the maker gave it${maxBytes > 0 ? `, at most ${bytesText(maxBytes)}` : ''}. Its checksum is shown once it is here.`}
    >
      <EntryForm
        schema={firmwareAnnouncement}
        read={(form) => ({
          name: file?.name ?? '',
          sizeBytes: file?.size ?? 0,
          version: textOf(form, 'version'),
          vendor: textOf(form, 'vendor') || undefined,
          model: textOf(form, 'model') || undefined,
          sha256: textOf(form, 'sha256') || undefined,
          signature: textOf(form, 'signature') || undefined,
          signingCertificate: textOf(form, 'signingCertificate') || undefined,
        })}
        submit="Add the image"
        cancel={close}
        send={async (input) => {
          if (!file) throw new Error('Choose the file.')
          const { url } = await call(addFirmware, { params: { depot: depot.id }, input })
          try {
            await upload(url, file, setProgress, stop.current.signal)
          } finally {
            setProgress(null)
            await changed()
          }
          say(`${input.version} is in the library`)
          close()
        }}
      >
        {(wrong) => (
          <>
            <Field
              label="File"
              name="file"
              type="file"
              error={wrong.name ?? wrong.sizeBytes}
              onChange={({ target }) => setFile(target.files?.[0] ?? null)}
              required
            />
            <Field
              label="Version"
              name="version"
              hint="As the charger tells it once it runs: this is how we know that it arrived."
              error={wrong.version}
              required
            />
            <div className="grid items-start gap-3 md:grid-cols-2">
              <Field label="Maker" name="vendor" hint="Empty: any." error={wrong.vendor} />
              <Field label="Model" name="model" hint="Empty: any." error={wrong.model} />
            </div>
            <details>
              <summary className="min-h-(--target) py-1 text-ink-2">Checksum and signature</summary>
              <div className="flex flex-col gap-3 pt-1">
                <Field label="SHA-256" name="sha256" hint="A file that differs is refused." error={wrong.sha256} />
                <TextArea label="Signature (base64)" name="signature" rows={3} error={wrong.signature} />
                <TextArea
                  label="Signing certificate (PEM)"
                  name="signingCertificate"
                  rows={4}
                  hint="The signature is verified here before a charger sees the image."
                  error={wrong.signingCertificate}
                />
              </div>
            </details>
            {progress && file && (
              <div role="status">
                <progress className="h-2 w-full" value={progress.sentBytes} max={file.size} aria-label="Sent" />
                <p className="text-ink-2 text-label">
                  {progress.waiting
                    ? 'The connection broke; it goes on in a moment.'
                    : `${bytesText(progress.sentBytes)} of ${bytesText(file.size)} sent`}
                </p>
              </div>
            )}
          </>
        )}
      </EntryForm>
    </Dialog>
  )
}
