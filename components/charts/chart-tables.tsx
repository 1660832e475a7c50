import { kilowattsText, limitNumber } from '#lib/format/energy.ts'
import { nearText, nearWindowText } from '#lib/format/time.ts'
import { type Column, Table } from '../ui/table.tsx'
import type { PlanRow } from './plan-gantt.tsx'
import { type Step, valueAt } from './time-axis.ts'

// The same figures as the charts, for those who read rather than look.

type Quarter = {
  at: number
  building: number | null
  vehicles: number | null
  cap: number | null
  without: number | null
  measured: boolean
}

/** The site's power by quarter hour. */
export function SitePowerTable({
  from,
  until,
  now,
  zone,
  cap,
  base,
  vehicles,
  unmanaged,
  measuredUntil,
}: {
  from: number
  until: number
  now: number
  zone: string
  cap: readonly Step[]
  base: readonly Step[]
  vehicles: readonly Step[]
  /** Building and vehicles if nobody planned. */
  unmanaged?: readonly Step[]
  measuredUntil: number
}) {
  const quarters: Quarter[] = []
  for (let at = from; at < until; at += 900_000)
    quarters.push({
      at,
      building: valueAt(base, at),
      vehicles: valueAt(vehicles, at),
      cap: valueAt(cap, at),
      without: valueAt(unmanaged ?? [], at),
      measured: at < measuredUntil,
    })
  const kw = (w: number | null) => (w === null ? '?' : kilowattsText(w))
  const columns: Column<Quarter>[] = [
    { name: 'From', header: true, className: 'whitespace-nowrap', cell: (q) => nearText(q.at, now, zone) },
    { name: 'Building, kW', numeric: true, cell: (q) => kw(q.building) },
    { name: 'Vehicles, kW', numeric: true, cell: (q) => kw(q.vehicles) },
    { name: 'Together, kW', numeric: true, cell: (q) => (q.vehicles === null ? '?' : kilowattsText((q.building ?? 0) + q.vehicles)) },
    { name: 'Cap, kW', numeric: true, cell: (q) => (q.cap === null ? '?' : limitNumber(q.cap)) },
    ...(unmanaged ? [{ name: 'Without a plan, kW', numeric: true, cell: (q: Quarter) => withoutText(q) }] : []),
    { name: 'Kind', cell: (q) => (q.measured ? 'measured' : 'planned') },
  ]
  return <Table caption="Power of the site by quarter hour" columns={columns} rows={quarters} rowKey={(q) => q.at} />
}

const withoutText = ({ without, cap }: Quarter): string =>
  without === null ? '–' : cap !== null && without > cap ? `${kilowattsText(without)}, over the cap` : kilowattsText(without)

/** The plan by vehicle. */
export function PlanTable({
  rows,
  until,
  now,
  zone,
  href,
}: {
  rows: readonly PlanRow[]
  until: number
  now: number
  zone: string
  href?: (row: PlanRow) => string
}) {
  const clock = (at: number | null) => (at === null ? '–' : nearText(at, now, zone))
  const columns: Column<PlanRow>[] = [
    { name: 'Vehicle', header: true, className: 'whitespace-nowrap', cell: (row) => row.name },
    { name: 'State', className: 'min-w-28', cell: (row) => row.word },
    { name: 'Charge', numeric: true, cell: (row) => row.detail },
    { name: 'Plugged from', numeric: true, wideOnly: true, cell: (row) => clock(row.pluggedFrom) },
    { name: 'Ready', numeric: true, cell: (row) => (row.readyAt !== null && row.readyAt <= now ? 'now' : clock(row.readyAt)) },
    { name: 'Leaves', numeric: true, cell: (row) => clock(row.departsAt) },
    { name: 'Charges', className: 'min-w-40', cell: (row) => chargingTimes(row, until, now, zone) },
    ...(rows.some(({ note }) => note) ? [{ name: 'Note', className: 'min-w-56', cell: (row: PlanRow) => row.note ?? '' }] : []),
  ]
  return <Table caption="Plan by vehicle" columns={columns} rows={rows} rowKey={(row) => row.id} {...(href && { href })} />
}

/** `22:00–23:30 at most 11.5 kW, …` */
function chargingTimes(row: PlanRow, until: number, now: number, zone: string): string {
  const spans: string[] = []
  let start: number | null = null
  let most = 0
  const close = (end: number) => {
    if (start === null) return
    spans.push(`${nearWindowText(start, end, now, zone)} at most ${kilowattsText(most)} kW`)
    start = null
    most = 0
  }
  for (const step of row.planned) {
    if (step.powerW <= 0) close(step.from)
    else {
      start ??= step.from
      most = Math.max(most, step.powerW)
    }
  }
  close(Math.min(row.departsAt ?? until, until))
  return spans.join(', ') || 'none planned'
}
