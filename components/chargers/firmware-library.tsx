'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { getFileSettings } from '#lib/api/file.ts'
import { type FirmwareImage, getFirmware, removeFirmware } from '#lib/api/firmware.ts'
import { bytesText } from '#lib/format/bytes.ts'
import { counted } from '#lib/format/number.ts'
import { nearText } from '#lib/format/time.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { PageBar } from '../ui/page-bar.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import { AddImage } from './add-image.tsx'
import { FileKeeping } from './file-keeping.tsx'
import { firmwareOptions } from './file-query.ts'
import { Download } from './log-table.tsx'

/** The firmware images that chargers can be updated with. */
export function FirmwareLibrary() {
  const depot = useDepot()
  const href = useHref()
  const cache = useQueryClient()
  const { data, error, refetch } = useQuery(firmwareOptions(depot.id))
  const [adding, add] = useState(false)
  const changed = async () => {
    await Promise.all([[getFirmware.path, depot.id], [getFileSettings.path]].map((queryKey) => cache.invalidateQueries({ queryKey })))
  }
  const note = data && (error ? 'The server does not answer: this is what it said last.' : counted(data.images.length, 'image'))
  return (
    <div className="flex min-h-full flex-col">
      <PageBar title="Firmware" note={note}>
        <Button onClick={() => add(true)}>Add an image</Button>
        <ButtonLink href={href('/chargers')}>All chargers</ButtonLink>
      </PageBar>
      <div className="px-4 pt-3 md:px-6">
        {data ? (
          <Images images={data.images} changed={changed} add={() => add(true)} />
        ) : error ? (
          <ErrorState title="The images cannot be shown" detail={error.message} retry={() => void refetch()} />
        ) : (
          <SkeletonLines lines={6} label="Loading the images" />
        )}
      </div>
      <FileKeeping />
      {adding && <AddImage maxBytes={data?.maxBytes ?? 0} close={() => add(false)} changed={changed} />}
    </div>
  )
}

function Images({ images, changed, add }: { images: readonly FirmwareImage[]; changed: () => Promise<void>; add: () => void }) {
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  return (
    <Table<FirmwareImage>
      caption="Firmware images"
      rows={images}
      rowKey={({ id }) => id}
      empty={
        <EmptyState title="No image yet" action={<Button onClick={add}>Add the first image</Button>}>
          Add the file that the maker gave you, with the version that the charger will tell once it runs. Then update a charger under its
          tab “Files”.
        </EmptyState>
      }
      columns={[
        { name: 'Version', header: true, cell: ({ version }) => version ?? '–' },
        {
          name: 'File',
          className: 'min-w-40 break-all',
          cell: ({ name, detail, sha256 }) => (
            <div className="py-1.5">
              {name}
              {detail && <span className="block break-normal text-ink-2 text-label">{detail}</span>}
              {sha256 && (
                <code className="block text-ink-3 text-note" title={`SHA-256 ${sha256}`}>
                  SHA-256 {sha256.slice(0, 16)}…
                </code>
              )}
            </div>
          ),
        },
        { name: 'For', cell: ({ vendor, model }) => [vendor, model].filter(Boolean).join(' ') || 'any model' },
        { name: 'Size', wideOnly: true, numeric: true, cell: ({ sizeBytes }) => (sizeBytes === 0 ? '–' : bytesText(sizeBytes)) },
        {
          name: 'State',
          cell: ({ mark, word, signed }) => (
            <>
              <Status kind={mark} word={word} />
              {signed && <span className="block text-ink-2 text-label">signature verified</span>}
            </>
          ),
        },
        { name: 'Added', wideOnly: true, cell: ({ createdAt, by }) => `${nearText(createdAt, now, zone)} by ${by}` },
        { name: 'Acts', hiddenName: true, numeric: true, cell: (image) => <Acts image={image} changed={changed} /> },
      ]}
    />
  )
}

function Acts({ image, changed }: { image: FirmwareImage; changed: () => Promise<void> }) {
  const depot = useDepot()
  return (
    <span className="inline-flex gap-2">
      {image.state === 'complete' && <Download file={image} />}
      <Confirm
        label="Remove"
        title={`Remove ${image.name}?`}
        consequence="Chargers that run it go on as they are. It can be added again from the maker’s file."
        verb="Remove image"
        disabledReason={image.underWay > 0 ? `${counted(image.underWay, 'charger')} being updated with it.` : null}
        onConfirm={async () => {
          await call(removeFirmware, { params: { depot: depot.id, file: image.id } })
          await changed()
        }}
      />
    </span>
  )
}
