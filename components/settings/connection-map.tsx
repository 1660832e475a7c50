import type { ConnectionRow } from '#lib/api/connection.ts'
import { type Mark, marks } from '#lib/api/words.ts'
import { cx } from '../ui/class-names.ts'
import { Status } from '../ui/status.tsx'

const ENDS: Record<ConnectionRow['from'], string> = {
  charger: 'Chargers',
  system: 'Other systems',
  browser: 'Browsers',
  gateway: 'Gateway',
  web: 'Web',
  database: 'PostgreSQL',
}

/** The kind of connection that a row is one of. */
export const lineOf = ({ from, to }: Pick<ConnectionRow, 'from' | 'to'>): string => `${from}-${to}`

// On a wide screen: who comes in, our processes, the database; each line between two boxes is a button that lists its connections.
const BOXES: { end: ConnectionRow['from']; place: string }[] = [
  { end: 'charger', place: 'md:col-start-1 md:row-start-1' },
  { end: 'system', place: 'md:col-start-1 md:row-start-2' },
  { end: 'browser', place: 'md:col-start-1 md:row-start-3' },
  { end: 'gateway', place: 'md:col-start-3 md:row-start-1' },
  { end: 'web', place: 'md:col-start-3 md:row-start-3' },
  { end: 'database', place: 'md:col-start-5 md:row-start-1' },
]
const LINES: { from: ConnectionRow['from']; to: ConnectionRow['to']; place: string; upright?: true }[] = [
  { from: 'charger', to: 'gateway', place: 'md:col-start-2 md:row-start-1' },
  { from: 'system', to: 'web', place: 'md:col-start-2 md:row-start-2' },
  { from: 'browser', to: 'web', place: 'md:col-start-2 md:row-start-3' },
  { from: 'web', to: 'gateway', place: 'md:col-start-3 md:row-start-2', upright: true },
  { from: 'gateway', to: 'database', place: 'md:col-start-4 md:row-start-1' },
]

/** The map of connections: a line is as bad as its worst one. */
export function ConnectionMap({
  connections,
  chosen,
  choose,
}: {
  connections: readonly ConnectionRow[]
  chosen: string | null
  choose: (line: string | null) => void
}) {
  return (
    <div className="my-4 grid items-center gap-y-2 md:max-w-5xl md:grid-cols-[minmax(7rem,auto)_1fr_minmax(9rem,auto)_1fr_minmax(7rem,auto)] md:gap-y-3">
      {BOXES.map(({ end, place }) => (
        <div
          key={end}
          className={cx(
            'hidden h-11 items-center justify-center rounded-mark border border-line-2 bg-surface px-3 font-semibold md:flex',
            place,
          )}
        >
          {ENDS[end]}
        </div>
      ))}
      {LINES.map((line) => {
        const id = lineOf(line)
        const rows = connections.filter((each) => lineOf(each) === id)
        const mark = worst(rows)
        const word = rows.length === 0 ? 'None yet' : (rows.find((each) => each.mark === mark)?.word ?? '')
        const count = rows.length > 1 ? `${rows.filter(({ open }) => open).length} of ${rows.length} open` : ''
        return (
          <button
            key={id}
            type="button"
            aria-pressed={chosen === id}
            aria-label={`${ENDS[line.from]} to ${ENDS[line.to]}: ${word}${count && `, ${count}`}`}
            onClick={() => choose(chosen === id ? null : id)}
            className={cx(
              'group flex min-h-(--target) items-center gap-2 rounded-mark border px-2 md:border-transparent md:hover:border-line-2',
              chosen === id ? 'border-control bg-hover md:border-control' : 'border-line',
              line.upright && 'md:justify-center',
              line.place,
            )}
          >
            <span className="font-semibold md:hidden">{`${ENDS[line.from]} → ${ENDS[line.to]}`}</span>
            {!line.upright && <span aria-hidden="true" className="hidden h-px min-w-3 flex-1 bg-control md:block" />}
            {line.upright && <span aria-hidden="true" className="hidden h-8 w-px bg-control md:block" />}
            <span className="ml-auto flex flex-col items-end md:ml-0 md:items-center">
              <Status kind={mark} word={word} />
              {count && <small className="text-ink-3 text-note">{count}</small>}
            </span>
            {!line.upright && <span aria-hidden="true" className="hidden h-px min-w-3 flex-1 bg-control md:block" />}
          </button>
        )
      })}
    </div>
  )
}

const worst = (rows: readonly ConnectionRow[]): Mark => marks.find((mark) => rows.some((each) => each.mark === mark)) ?? 'off'
