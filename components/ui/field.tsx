import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from './class-names.ts'

type Shared = { label: string; hint?: ReactNode; error?: string | null | undefined; className?: string }

const BOX = 'min-h-(--target) w-full min-w-0 rounded-control border bg-surface px-2.5 text-ink placeholder:text-ink-3'
const edge = (error: unknown) => (error ? 'border-critical' : 'border-control hover:border-ink-2')

/** A labelled input with its hint and error told to screen readers. Takes every attribute of `<input>`. */
export function Field({ label, hint, error, className, ...input }: Shared & ComponentProps<'input'>) {
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(ids) => <input {...input} {...ids} className={cx(BOX, edge(error), 'py-1')} />}
    </Labelled>
  )
}

/** A labelled native select: the platform's own list, best on a phone. */
export function Select({
  label,
  hint,
  error,
  className,
  options,
  ...select
}: Shared & { options: readonly { value: string; label: string }[] } & ComponentProps<'select'>) {
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(ids) => (
        <select {...select} {...ids} className={cx(BOX, edge(error))}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

/** A labelled box for long text. */
export function TextArea({ label, hint, error, className, ...area }: Shared & ComponentProps<'textarea'>) {
  return (
    <Labelled label={label} hint={hint} error={error} className={className}>
      {(ids) => <textarea {...area} {...ids} className={cx(BOX, edge(error), 'py-1')} />}
    </Labelled>
  )
}

function Labelled({
  label,
  hint,
  error,
  className,
  children,
}: Shared & { children: (ids: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode }) {
  const id = useId()
  const said = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-ink-2 text-label">
        {label}
      </label>
      {children({ id, ...(said && { 'aria-describedby': said }), ...(error && { 'aria-invalid': true as const }) })}
      {hint && (
        <p id={`${id}-hint`} className="text-ink-3 text-note">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-critical-text text-label">
          {error}
        </p>
      )}
    </div>
  )
}
