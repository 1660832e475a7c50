'use client'
import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { cx } from './class-names.ts'

export type MenuItem =
  | { kind: 'act'; label: string; note?: string; onSelect: () => void }
  | { kind: 'choice'; label: string; note?: string; chosen: boolean; onSelect: () => void }
  | { kind: 'title'; label: string }
  | { kind: 'rule'; id: string }

/** A list that opens from a button. `trigger` is the button element; its content are `children`. */
export function Menu({
  trigger,
  items,
  align = 'start',
  children,
}: {
  trigger: ReactElement<Record<string, unknown>>
  items: readonly MenuItem[]
  align?: 'start' | 'end'
  children: ReactNode
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger}>{children}</Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup className="min-w-48 rounded-control border border-line-2 bg-surface py-1 text-ink shadow-xl outline-none">
            {items.map((item) => (
              <Item key={item.kind === 'rule' ? item.id : item.label} item={item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

const ROW = 'flex min-h-(--target) items-center gap-2 px-3 text-body cursor-pointer outline-none data-highlighted:bg-sunken'

function Item({ item }: { item: MenuItem }) {
  switch (item.kind) {
    case 'rule':
      return <Base.Separator className="my-1 border-line border-t" />
    case 'title':
      return <div className="px-3 pt-1.5 pb-0.5 text-ink-3 text-label">{item.label}</div>
    case 'act':
      return (
        <Base.Item className={ROW} onClick={item.onSelect}>
          {item.label}
          {item.note && <span className="ml-auto text-ink-3 text-label">{item.note}</span>}
        </Base.Item>
      )
    case 'choice':
      return (
        <Base.CheckboxItem className={ROW} checked={item.chosen} onCheckedChange={() => item.onSelect()} closeOnClick>
          <span aria-hidden="true" className={cx('size-2 rounded-full', item.chosen ? 'bg-ink' : 'bg-transparent')} />
          {item.label}
          {item.note && <span className="ml-auto text-ink-3 text-label">{item.note}</span>}
        </Base.CheckboxItem>
      )
  }
}
