import { Fragment, type ReactNode } from 'react'
import { cx } from './class-names.ts'

/** Name and value in two columns, values to the right. */
export function Facts({ facts, className }: { facts: readonly (readonly [name: string, value: ReactNode])[]; className?: string }) {
  return (
    <dl className={cx('grid grid-cols-[fit-content(50%)_1fr] gap-x-3 gap-y-0.5', className)}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt className="text-ink-3">{name}</dt>
          <dd className="min-w-0 break-words text-right font-medium">{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

/** Figures in a row: name above, value and a small remark below. Stacks on a phone. */
export function FactStrip({ facts }: { facts: readonly { name: string; value: ReactNode; remark?: ReactNode }[] }) {
  return (
    <dl className="flex flex-col flex-wrap justify-between gap-x-6 border-line md:gap-y-1.5 border-b px-4 md:flex-row md:px-6 md:py-2.5">
      {facts.map((fact) => (
        <div key={fact.name} className="flex items-baseline justify-between gap-3 py-1.5 md:block md:py-0">
          <dt className="text-ink-3 text-label">{fact.name}</dt>
          <dd className="text-right text-strong md:whitespace-nowrap md:text-left">
            {fact.value} {fact.remark && <small className="font-normal text-ink-2 text-note">{fact.remark}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
