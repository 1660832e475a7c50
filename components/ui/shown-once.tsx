'use client'
import { useRef, useState } from 'react'
import { Button } from './button.tsx'

/** Text to take along by hand or by button: a key, an address. `label` names it. */
export function CopyLine({ label, text }: { label: string; text: string }) {
  const ref = useRef<HTMLOutputElement>(null)
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      // without the right to the clipboard the text is selected, for the person's own copy
      if (ref.current) window.getSelection()?.selectAllChildren(ref.current)
      setSaid('Selected: copy it with your keyboard')
    }
  }
  return (
    <div className="flex flex-col gap-1">
      <span className="text-ink-2 text-label">{label}</span>
      <div className="flex items-stretch gap-2">
        <output
          ref={ref}
          aria-label={label}
          className="min-w-0 flex-1 select-all break-all rounded-control border border-line-2 bg-sunken px-2.5 py-1 font-mono text-body"
        >
          {text}
        </output>
        <Button onClick={() => void copy()} aria-label={`Copy: ${label}`}>
          Copy
        </Button>
      </div>
      <span role="status" className="text-ink-2 text-note">
        {said}
      </span>
    </div>
  )
}
