import Link from 'next/link'
import { type ReactNode, useId } from 'react'
import { cx } from './class-names.ts'

/** A region that answers one question: the question, its answer in words, then the picture. */
export function Question({
  title,
  more,
  id,
  className,
  children,
}: {
  title: string
  more?: { href: string; label: string } | null
  id?: string
  className?: string
  children: ReactNode
}) {
  const heading = useId()
  return (
    <section id={id} aria-labelledby={heading} className={cx('min-w-0', className)}>
      <div className="flex items-baseline gap-2">
        <h2 id={heading} className="text-ink-2 text-strong">
          {title}
        </h2>
        {more && (
          <Link
            href={more.href}
            className="-my-1 ml-auto inline-flex min-h-6 items-center whitespace-nowrap text-ink-2 text-label underline-offset-[3px] hover:text-ink hover:underline"
          >
            {more.label}
          </Link>
        )}
      </div>
      {children}
    </section>
  )
}

/** The answer in words: a big figure (one `hero` per screen) and the sentence beside it. */
export function Headline({
  figure,
  unit,
  size = 'display',
  className,
  children,
}: {
  figure: string
  unit?: string
  size?: 'hero' | 'display'
  className?: string
  children?: ReactNode
}) {
  return (
    <div className={cx('mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 md:flex-nowrap', className)}>
      <span className={cx('proportional whitespace-nowrap', size === 'hero' ? 'text-hero' : 'text-display leading-9')}>
        {figure}
        {unit && (
          <small className={cx('font-medium text-ink-2 tracking-normal', size === 'hero' ? 'ml-2 text-figure' : 'ml-1 text-body')}>
            {unit}
          </small>
        )}
      </span>
      <p className="text-ink-2 [&_b]:font-semibold [&_b]:text-ink">{children}</p>
    </div>
  )
}
