'use client'
import { cancelUpdate, type FirmwareUpdateRow } from '#lib/api/firmware.ts'
import { clockWithSeconds, nearText } from '#lib/format/time.ts'
import { call } from '../ui/call.ts'
import { Confirm } from '../ui/confirm.tsx'
import { useDepot } from '../ui/depot.tsx'
import { useDepotNow, useDepotZone } from '../ui/depot-clock.tsx'
import { Status } from '../ui/status.tsx'

/** The newest update with its steps in words; the ones before it fold away. */
export function UpdateList({
  updates,
  charger,
  changed,
}: {
  updates: readonly FirmwareUpdateRow[]
  charger: string
  changed: () => Promise<void>
}) {
  const [newest, ...before] = updates
  return (
    <>
      {newest && <Update update={newest} charger={charger} changed={changed} />}
      {before.length > 0 && (
        <details className="mt-3">
          <summary className="min-h-(--target) py-1 text-ink-2">
            {before.length === 1 ? 'The update before' : `The ${before.length} updates before`}
          </summary>
          {before.map((update) => (
            <Update key={update.id} update={update} charger={charger} changed={changed} />
          ))}
        </details>
      )}
    </>
  )
}

function Update({ update, charger, changed }: { update: FirmwareUpdateRow; charger: string; changed: () => Promise<void> }) {
  const depot = useDepot()
  const zone = useDepotZone()
  const now = useDepotNow(30_000)
  const {
    id,
    mark,
    word,
    meaning,
    detail,
    image,
    location,
    fromVersion,
    toVersion,
    signed,
    state,
    retrieveAt,
    installAt,
    by,
    createdAt,
    steps,
  } = update
  const when = (at: number) => nearText(at, now, zone)
  const from = fromVersion ? `from ${fromVersion} ` : ''
  return (
    <article aria-label={`Update to ${toVersion ?? image ?? location}`} className="mt-2 max-w-2xl border-line border-t pt-2">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="text-strong">
          {from}
          {toVersion ? `to ${toVersion}` : 'to a version that nobody named'}
        </span>
        <Status kind={mark} word={word} />
        <span className="text-ink-2 text-label">
          asked {when(createdAt)} by {by}
          {signed && ', signed'}
        </span>
      </p>
      <p className="text-ink-2">{detail ?? meaning}</p>
      <p className="break-all text-label text-ink-3">{image ?? location}</p>
      {state === 'asked' && retrieveAt > now && <p className="text-ink-2 text-label">It is fetched {when(retrieveAt)}.</p>}
      {installAt !== null && <p className="text-ink-2 text-label">It is installed {when(installAt)} at the earliest.</p>}
      <ol aria-label="Steps" className="mt-1">
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end
          <li key={index} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-label">
            <time className="whitespace-nowrap text-ink-3" title={when(step.at)}>
              {clockWithSeconds(step.at, zone)}
            </time>
            <span>{step.word}</span>
          </li>
        ))}
      </ol>
      {state === 'waiting' && (
        <div className="mt-2">
          <Confirm
            label="Give it up"
            title="Give this update up?"
            consequence="It was not sent yet: nothing changes at the charger."
            verb="Give it up"
            onConfirm={async () => {
              await call(cancelUpdate, { params: { depot: depot.id, charger, update: id } })
              await changed()
            }}
          />
        </div>
      )}
    </article>
  )
}
