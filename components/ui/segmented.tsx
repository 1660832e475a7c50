'use client'
import { useEffect, useRef } from 'react'
import { cx } from './class-names.ts'
import { Mark, type StatusKind } from './mark.tsx'

export type Segment<Value extends string> = { value: Value; label: string; mark?: StatusKind }

/** One choice of a few, all in sight: a filter, a window, a view. */
export function Segmented<Value extends string>({
  label,
  segments,
  value,
  onChange,
}: {
  label: string
  segments: readonly Segment<Value>[]
  value: Value
  onChange: (value: Value) => void
}) {
  const chosen = useRef<HTMLButtonElement>(null)
  const names = segments.map((segment) => segment.label).join()
  // on a phone the choices scroll sideways: the one that stands is in sight
  // biome-ignore lint/correctness/useExhaustiveDependencies: the button in the ref changes with the value, its place with the names
  useEffect(() => {
    const box = chosen.current?.parentElement
    if (!box || !chosen.current || box.scrollWidth <= box.clientWidth) return
    box.scrollLeft = chosen.current.offsetLeft - (box.clientWidth - chosen.current.offsetWidth) / 2
  }, [value, names])
  return (
    <fieldset className="relative inline-flex min-w-0 max-w-full overflow-x-auto rounded-control border border-control bg-surface">
      <legend className="sr-only">{label}</legend>
      {segments.map((segment, index) => (
        <button
          key={segment.value}
          ref={segment.value === value ? chosen : undefined}
          type="button"
          aria-pressed={segment.value === value}
          onClick={() => onChange(segment.value)}
          className={cx(
            'inline-flex min-h-[calc(var(--target)-2px)] flex-auto items-center justify-center gap-1.5 whitespace-nowrap px-2.5 text-label transition-[background-color] -outline-offset-2 md:px-3',
            'first:rounded-l-[5px] last:rounded-r-[5px]',
            index > 0 && 'border-line-2 border-l',
            segment.value === value ? 'bg-ink text-surface' : 'text-ink-2 hover:bg-hover hover:text-ink',
          )}
        >
          {segment.mark && <Mark kind={segment.mark} />}
          {segment.label}
        </button>
      ))}
    </fieldset>
  )
}
