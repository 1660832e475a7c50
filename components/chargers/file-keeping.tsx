'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fileSettings, getFileSettings, putFileSettings } from '#lib/api/file.ts'
import { bytesText } from '#lib/format/bytes.ts'
import { counted } from '#lib/format/number.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf } from '../ui/entry-form.tsx'
import { Field } from '../ui/field.tsx'
import { useRole } from '../ui/me-query.ts'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'
import { fileSettingsOptions } from './file-query.ts'

const MB = 1024 * 1024

/** How long logs are kept, and how much of them. */
export function FileKeeping() {
  const cache = useQueryClient()
  const role = useRole()
  const { data } = useQuery(fileSettingsOptions)
  const [open, setOpen] = useState(false)
  if (!data) return null
  return (
    <Question title="How long are files kept?" className="mt-4 border-line border-t px-4 py-4 md:px-6">
      <p className="my-2 max-w-prose text-ink-2">
        Logs and diagnostics of chargers: {counted(data.keepDays, 'day')}, at most {bytesText(data.keepMb * MB)} in all, the oldest go
        first; one may have {bytesText(data.maxUploadMb * MB)}. Images stay until they are removed. Now there are{' '}
        {counted(data.files, 'file')} with {bytesText(data.usedBytes)}.
      </p>
      <Button disabledReason={role === 'admin' ? null : 'An administrator changes this.'} onClick={() => setOpen(true)}>
        Change
      </Button>
      {open && (
        <Dialog open onOpenChange={setOpen} title="Keeping files">
          <EntryForm
            schema={fileSettings}
            read={(form) => ({ keepDays: numberOf(form, 'days'), keepMb: numberOf(form, 'mb'), maxUploadMb: numberOf(form, 'most') })}
            submit="Save"
            cancel={() => setOpen(false)}
            send={async (input) => {
              await call(putFileSettings, { input })
              await cache.invalidateQueries({ queryKey: [getFileSettings.path] })
              say('The setting is changed', { detail: 'It holds from the next tidying, within the hour.' })
              setOpen(false)
            }}
          >
            {(wrong) => (
              <>
                <Field label="Days" name="days" type="number" min={1} defaultValue={data.keepDays} error={wrong.keepDays} required />
                <Field
                  label="Together at most (MB)"
                  name="mb"
                  type="number"
                  min={10}
                  defaultValue={data.keepMb}
                  error={wrong.keepMb}
                  required
                />
                <Field
                  label="One at most (MB)"
                  name="most"
                  type="number"
                  min={1}
                  defaultValue={data.maxUploadMb}
                  error={wrong.maxUploadMb}
                  required
                />
              </>
            )}
          </EntryForm>
        </Dialog>
      )}
    </Question>
  )
}
