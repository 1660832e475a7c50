'use client'
import Link from 'next/link'
import { Fragment } from 'react'
import type { KpiTile } from '#lib/api/kpi.ts'
import { decimal } from '#lib/format/number.ts'
import { clockWithSeconds, latencyText, momentText } from '#lib/format/time.ts'
import { stageSteps } from '#lib/kpi/stage-steps.ts'
import { useDepotSpeed, useDepotZone } from '../ui/depot-clock.tsx'
import type { StatusKind } from '../ui/mark.tsx'
import { Status } from '../ui/status.tsx'
import { Table } from '../ui/table.tsx'
import { useHref } from '../ui/use-href.ts'
import type { Counts, KpiRecord } from './kpi-query.ts'

const CLASS: Record<Counts, { kind: StatusKind; word: string }> = {
  success: { kind: 'normal', word: 'Success' },
  failure: { kind: 'serious', word: 'Failure' },
  excluded: { kind: 'off', word: 'Excluded' },
  open: { kind: 'standby', word: 'Open' },
}
const VALUE: Record<KpiTile['id'], { name: string; text: (value: number) => string }> = {
  availability: { name: 'Energy after', text: (s) => latencyText(s * 1000) },
  throughput: { name: 'Energy', text: (kwh) => `${decimal(kwh, 1)} kWh` },
  latency: { name: 'Took', text: (s) => latencyText(s * 1000) },
}

/** Records as rows; the stages of one open below it. */
export function RecordTable({ kpi, records }: { kpi: KpiTile['id']; records: readonly KpiRecord[] }) {
  const zone = useDepotZone()
  const href = useHref()
  const days = kpi === 'throughput'
  const speed = useDepotSpeed()
  // commands are timed by the real clock, which a demo's depot does not show
  const clock = kpi === 'latency' && speed !== 1 ? ', real time' : ''
  return (
    <Table<KpiRecord>
      caption="Records"
      rows={records}
      rowKey={({ id }) => id}
      columns={[
        ...(days
          ? []
          : [{ name: `At${clock}`, header: true, className: 'whitespace-nowrap', cell: ({ at }: KpiRecord) => momentText(at, zone) }]),
        {
          name: days ? 'Day' : 'What',
          header: days,
          cell: ({ subject, href: to }) =>
            to === null ? (
              subject
            ) : (
              <Link className="underline underline-offset-[3px]" href={href(to)}>
                {subject}
              </Link>
            ),
        },
        ...(days ? [] : [{ name: 'Counts as', cell: ({ counts }: KpiRecord) => <Status {...CLASS[counts]} /> }]),
        { name: 'Outcome', wideOnly: days, cell: ({ outcome }) => outcome },
        { name: VALUE[kpi].name, numeric: true, cell: ({ value }) => (value === null ? '–' : VALUE[kpi].text(value)) },
        {
          name: 'Evidence',
          className: 'min-w-52 md:pl-4',
          cell: (record) => (
            <div className="py-1">
              {record.detail && <p className="text-ink-2">{record.detail}</p>}
              {!days && <Stages stamps={record.stamps} zone={zone} clock={clock} />}
            </div>
          ),
        },
      ]}
    />
  )
}

function Stages({ stamps, zone, clock }: { stamps: KpiRecord['stamps']; zone: string; clock: string }) {
  const steps = stageSteps(stamps)
  if (steps.length === 0) return null
  return (
    <details>
      <summary className="min-h-6 text-ink-2 text-label">Stages{clock}</summary>
      <dl className="grid w-fit grid-cols-[auto_auto_auto] gap-x-4 py-1 text-note">
        {steps.map(({ name, at, afterMs }) => (
          <Fragment key={name}>
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-right">{clockWithSeconds(at, zone)}</dd>
            <dd className="text-right text-ink-3">{afterMs === null ? '' : `+${latencyText(afterMs)}`}</dd>
          </Fragment>
        ))}
      </dl>
    </details>
  )
}
