'use client'
import { useEffect, useState } from 'react'

/** Asks a moment after the last key, so that typing does not send a request for each letter. */
export function SearchField({ label, words, search }: { label: string; words: string; search: (words: string) => void }) {
  const [typed, setTyped] = useState(words)
  useEffect(() => setTyped(words), [words])
  useEffect(() => {
    if (typed === words) return
    const timer = setTimeout(() => search(typed), 300)
    return () => clearTimeout(timer)
  }, [typed, words, search])
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      className="min-h-(--target) w-48 min-w-0 max-w-full flex-auto rounded-control border border-control bg-surface px-2.5 placeholder:text-ink-3 md:flex-none"
    />
  )
}
