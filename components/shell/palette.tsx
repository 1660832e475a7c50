'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useId, useState } from 'react'
import { cx } from '../ui/class-names.ts'
import { Dialog } from '../ui/dialog.tsx'

export type Place = { href: string; label: string; group: string }

/** ⌘K: type a page, a vehicle or a charger and go there. `places` are all that one may open. */
export function Palette({ places }: { places: readonly Place[] }) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOpen((was) => !was)
      }
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [])
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts="Meta+K Control+K"
        className="hidden h-[30px] w-[232px] items-center gap-2 rounded-control border border-line-2 pr-2 pl-2.5 text-ink-3 hover:border-control xl:flex"
      >
        Go to a page or van
        <kbd className="ml-auto rounded-mark border border-line-2 px-1 font-sans text-label">⌘K</kbd>
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="Go to">
        <PlaceList places={places} close={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function PlaceList({ places, close }: { places: readonly Place[]; close: () => void }) {
  const router = useRouter()
  const id = useId()
  const [words, setWords] = useState('')
  const [chosen, setChosen] = useState(0)
  const found = matching(places, words).slice(0, 12)
  const go = (place: Place | undefined) => {
    if (!place) return
    close()
    router.push(place.href)
  }
  return (
    <div className="flex flex-col gap-2">
      <input
        role="combobox"
        aria-label="Page, vehicle or charger"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={found[chosen] ? `${id}${chosen}` : undefined}
        autoComplete="off"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setChosen(0)
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen((n) => Math.min(n + 1, found.length - 1))
          else if (event.key === 'ArrowUp') setChosen((n) => Math.max(n - 1, 0))
          else if (event.key === 'Enter') go(found[chosen])
          else return
          event.preventDefault()
        }}
        className="min-h-9 rounded-control border border-control bg-surface px-2.5"
      />
      <div role="listbox" id={`${id}list`} aria-label="Places" className="-mx-2 flex flex-col">
        {found.map((place, index) => (
          <button
            key={place.href}
            id={`${id}${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onMouseMove={() => setChosen(index)}
            onClick={() => go(place)}
            className={cx('flex min-h-9 items-center justify-between rounded-mark px-2 text-left', index === chosen && 'bg-sunken')}
          >
            {place.label}
            <span className="text-ink-3 text-label">{place.group}</span>
          </button>
        ))}
      </div>
      {found.length === 0 && <p className="text-ink-2">Nothing is called “{words}”. Try a van’s or a charger’s number.</p>}
    </div>
  )
}

/** Places that hold every word typed; those that begin with it first. */
export function matching(places: readonly Place[], words: string): Place[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const whole = wanted.join(' ')
  return places
    .filter((place) => wanted.every((word) => `${place.label} ${place.group}`.toLowerCase().includes(word)))
    .sort((a, b) => Number(b.label.toLowerCase().startsWith(whole)) - Number(a.label.toLowerCase().startsWith(whole)))
}
