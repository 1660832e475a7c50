import Link from 'next/link'
import type { ReactNode } from 'react'
import { cx } from './class-names.ts'

export type Column<Row> = {
  name: string
  cell: (row: Row) => ReactNode
  /** Numbers stand to the right. */
  numeric?: boolean
  /** The row's name: bold, and a link when the table has `href`. */
  header?: boolean
  /** Left out on a phone. */
  wideOnly?: boolean
  /** The name is only for screen readers, as over a column of buttons. */
  hiddenName?: boolean
  className?: string
}

/** A ruled table. Scrolls sideways in its own box rather than the page. */
export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  href,
  empty,
  className,
}: {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  href?: (row: Row) => string
  /** What stands there when there are no rows. */
  empty?: ReactNode
  className?: string
}) {
  if (rows.length === 0 && empty) return <>{empty}</>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard (axe: scrollable-region-focusable)
    <section aria-label={caption} tabIndex={0} className={cx('relative overflow-x-auto -outline-offset-2', className)}>
      <table className="w-full border-collapse">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={cx('border-line border-b text-ink-3 text-label', cellClass(column), 'pt-0 pb-1')}
              >
                {column.hiddenName ? <span className="sr-only">{column.name}</span> : column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className={cx('border-line border-b last:border-b-0', href && 'hover:bg-hover')}>
              {columns.map((column) =>
                column.header ? (
                  <th key={column.name} scope="row" className={cx('h-10 font-semibold', cellClass(column))}>
                    {href ? (
                      <Link href={href(row)} className="inline-flex min-h-6 items-center underline-offset-[3px] hover:underline">
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </th>
                ) : (
                  <td key={column.name} className={cx('h-10', cellClass(column))}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const cellClass = <Row,>(column: Column<Row>): string =>
  cx(
    'py-1.5 pr-3 align-middle last:pr-0',
    column.numeric && 'whitespace-nowrap text-right',
    column.wideOnly && 'hidden md:table-cell',
    column.className,
  )
