import type { ChangeEvent } from 'react'
import { Field } from './field.tsx'

/** Lines of a CSV file, chosen or pasted. `onChange` gets the whole text. */
export function CsvSource({ value, onChange, example }: { value: string; onChange: (csv: string) => void; example: string }) {
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (file) onChange(await file.text())
  }
  return (
    <>
      <Field label="File" type="file" accept=".csv,text/csv,text/plain" onChange={(event) => void take(event)} />
      <label className="flex flex-col gap-1">
        <span className="text-ink-2 text-label">Or its lines</span>
        <textarea
          value={value}
          onChange={({ target }) => onChange(target.value)}
          rows={8}
          placeholder={example}
          spellCheck={false}
          className="rounded-control border border-control bg-surface p-2 font-mono text-note placeholder:text-ink-3"
        />
      </label>
    </>
  )
}

/** Why nothing can be imported yet; null: it can. */
export const whyNoLines = (csv: string): string | null => (csv.trim() === '' ? 'Choose a file or paste its lines first.' : null)
