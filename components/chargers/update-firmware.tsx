'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type FirmwareImage, firmwareAsk, updateFirmware } from '#lib/api/firmware.ts'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { useDepotZone } from '../ui/depot-clock.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EntryForm, numberOf, textOf } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import { Mark } from '../ui/mark.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { say, sayProblem } from '../ui/toast.tsx'
import { useHref } from '../ui/use-href.ts'
import { firmwareOptions } from './file-query.ts'
import { momentOf } from './local-moment.ts'

type Given = {
  charger: string
  name: string
  runs: string | null
  whyWait: string | null
  close: () => void
  changed: () => Promise<void>
}

const STARTS = [
  { value: 'free', label: 'Once it is free' },
  { value: 'now', label: 'Now' },
  { value: 'forced', label: 'Now, whatever goes on at it' },
] as const

/** Which image, when, and what happens when it fails. */
export function UpdateFirmware(given: Given) {
  const { name, runs, close } = given
  const depot = useDepot()
  const href = useHref()
  const { data, error, refetch } = useQuery(firmwareOptions(depot.id))
  const images = data?.images.filter(({ state }) => state === 'complete') ?? []
  return (
    <Dialog
      open
      onOpenChange={(to) => !to && close()}
      title={`Update the firmware of ${name}`}
      description={`It runs ${runs ?? 'a version that it did not tell'}. If the update fails, it goes on with that and you are told.`}
    >
      {!data ? (
        error ? (
          <ErrorState title="The images cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={4} label="Loading the images" />
        )
      ) : images.length === 0 ? (
        <EmptyState
          title="There is no image yet"
          action={
            <a className="underline underline-offset-[3px]" href={href('/chargers/firmware')}>
              To the firmware library
            </a>
          }
        >
          Add the file of the maker to the library first.
        </EmptyState>
      ) : (
        <Choice {...given} images={images} />
      )}
    </Dialog>
  )
}

function Choice({ charger, name, whyWait, images, close, changed }: Given & { images: FirmwareImage[] }) {
  const depot = useDepot()
  const zone = useDepotZone()
  const [chosen, choose] = useState(images[0]!.id)
  const [start, setStart] = useState<(typeof STARTS)[number]['value']>(whyWait ? 'free' : 'now')
  const [signed, setSigned] = useState(images[0]!.signed)
  const image = images.find(({ id }) => id === chosen)
  return (
    <EntryForm
      schema={firmwareAsk}
      read={(form) => ({
        fileId: chosen,
        signed,
        start,
        retrieveAt: momentOf(textOf(form, 'retrieveAt'), zone),
        installAt: signed ? momentOf(textOf(form, 'installAt'), zone) : undefined,
        retries: numberOf(form, 'retries'),
      })}
      submit="Update firmware"
      cancel={close}
      send={async (input) => {
        const { outcome, detail } = await call(updateFirmware, { params: { depot: depot.id, charger }, input })
        await changed()
        if (outcome === 'accepted' || outcome === 'waiting')
          say(`${name} is updated to ${image?.version ?? 'the new firmware'}`, { detail })
        else sayProblem(`${name} is not updated`, detail)
        close()
      }}
    >
      {(wrong) => (
        <>
          <Select
            label="Image"
            name="fileId"
            value={chosen}
            error={wrong.fileId}
            onChange={({ target }) => {
              choose(target.value)
              setSigned(images.find(({ id }) => id === target.value)?.signed ?? false)
            }}
            options={images.map(({ id, version, name: file, vendor, model }) => ({
              value: id,
              label: `${version ?? 'no version'} – ${file}${vendor || model ? ` (${[vendor, model].filter(Boolean).join(' ')})` : ''}`,
            }))}
          />
          <Select
            label="When it is sent"
            name="start"
            value={start}
            error={wrong.start}
            onChange={({ target }) => setStart(STARTS.find(({ value }) => value === target.value)?.value ?? 'free')}
            options={STARTS}
          />
          {whyWait && (
            <p className="flex items-baseline gap-2">
              <Mark kind="caution" />
              <span>
                {whyWait}{' '}
                {start === 'free'
                  ? 'The update waits for the end of that.'
                  : start === 'now'
                    ? 'It would be refused now: let it wait, or force it.'
                    : 'A charger that installs cannot charge.'}
              </span>
            </p>
          )}
          <div className="grid items-start gap-3 md:grid-cols-2">
            <Field label="Fetch it from" name="retrieveAt" type="datetime-local" hint="Empty: at once." error={wrong.retrieveAt} />
            {signed && (
              <Field label="Install it from" name="installAt" type="datetime-local" hint="Empty: once fetched." error={wrong.installAt} />
            )}
            <Field
              label="Tries after a failure"
              name="retries"
              type="number"
              min={0}
              max={10}
              hint="Empty: as the charger does."
              error={wrong.retries}
            />
          </div>
          <label className="flex min-h-(--target) items-center gap-2">
            <input type="checkbox" checked={signed} disabled={!image?.signed} onChange={({ target }) => setSigned(target.checked)} />
            <span>
              Signed{' '}
              <span className="text-ink-3">
                {image?.signed ? 'the charger checks the maker’s signature before it installs' : 'this image has no signature'}
              </span>
            </span>
          </label>
        </>
      )}
    </EntryForm>
  )
}
