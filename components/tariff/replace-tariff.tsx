'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, useId, useMemo, useState } from 'react'
import { getTariff, putTariff, type TariffView } from '#lib/api/tariff.ts'
import { tariffChanges } from '#lib/energy/tariff-changes.ts'
import { parseTariffFile } from '#lib/energy/tariff-file.ts'
import { gridOf } from '#lib/energy/tariff-grid.ts'
import { counted } from '#lib/format/number.ts'
import { WeekGrid } from '../charts/week-grid.tsx'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Mark } from '../ui/mark.tsx'
import { say } from '../ui/toast.tsx'

/** A megabyte of tariff is a mistake, and would only make the browser slow. */
const MOST_BYTES = 1_000_000

/** A new tariff from a file: read and checked here while one looks, compared with the old one, then saved. */
export function ReplaceTariff({ open, close, before }: { open: boolean; close: () => void; before: TariffView | null }) {
  const depot = useDepot()
  const cache = useQueryClient()
  const id = useId()
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const [trouble, setTrouble] = useState<string | null>(null)
  const read = useMemo(() => readText(text, depot.currency), [text, depot.currency])
  const save = useMutation({
    mutationFn: (file: unknown) => call(putTariff, { params: { depot: depot.id }, input: { name: name.trim(), file } }),
    onSuccess: (answer) => {
      cache.setQueryData([getTariff.path, depot.id], answer)
      say('The tariff is replaced', { detail: 'New sessions are billed by it, and the plan is made again.' })
      close()
    },
  })
  const take = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0]
    if (!file) return
    if (file.size > MOST_BYTES) return setTrouble(`${file.name} is larger than a tariff can be (1 MB). Is it another file?`)
    setTrouble(null)
    setText(await file.text())
    if (name === '') setName(file.name.replace(/\.json$/i, ''))
  }
  const whyNot =
    read.kind === 'empty'
      ? 'Choose a file or paste its text first.'
      : read.kind === 'wrong'
        ? 'The file has errors: they are listed above.'
        : name.trim() === ''
          ? 'Give the tariff a name.'
          : null
  return (
    <Dialog
      open={open}
      onOpenChange={(to) => !to && close()}
      className="max-w-4xl!"
      title={before ? 'Replace the tariff' : 'Add a tariff'}
      description="A JSON file: our own form (yardwatt-tariff-1), or the schedule form of ACN tariffs. Nothing changes until you save."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button
            variant="primary"
            disabledReason={whyNot}
            pending={save.isPending}
            pendingText="Saving…"
            onClick={() => read.kind === 'ok' && save.mutate(read.json)}
          >
            {before ? 'Replace from now on' : 'Save the tariff'}
          </Button>
        </>
      }
    >
      <div className="grid items-start gap-3 md:grid-cols-2">
        <Field label="File" type="file" accept="application/json,.json" onChange={(event) => void take(event)} error={trouble} />
        <Field label="Name" value={name} onChange={({ target }) => setName(target.value)} maxLength={120} />
      </div>
      <div className="flex flex-col gap-1">
        <label htmlFor={`${id}text`} className="text-ink-2 text-label">
          Or its text
        </label>
        <textarea
          id={`${id}text`}
          value={text}
          onChange={({ target }) => setText(target.value)}
          rows={5}
          spellCheck={false}
          className="rounded-control border border-control bg-surface p-2 font-mono text-note"
        />
      </div>
      <div role="status">
        {read.kind === 'wrong' && <Problems problems={read.problems} />}
        {read.kind === 'ok' && <Preview windows={read.windows} before={before} currency={depot.currency} />}
      </div>
      {save.error && (
        <p role="alert" className="whitespace-pre-line text-critical-text text-label">
          {save.error.message}
        </p>
      )}
    </Dialog>
  )
}

type Windows = TariffView['windows']
type Read = { kind: 'empty' } | { kind: 'wrong'; problems: string[] } | { kind: 'ok'; json: unknown; windows: Windows }

function readText(text: string, currency: string): Read {
  if (text.trim() === '') return { kind: 'empty' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { kind: 'wrong', problems: [`This is not JSON: ${error instanceof Error ? error.message : String(error)}`] }
  }
  const parsed = parseTariffFile(json)
  if (parsed.kind === 'wrong') return parsed
  if (parsed.file.currency !== null && parsed.file.currency !== currency)
    return { kind: 'wrong', problems: [`The file is in ${parsed.file.currency}, this depot bills in ${currency}.`] }
  return { kind: 'ok', json, windows: parsed.file.windows }
}

function Problems({ problems }: { problems: readonly string[] }) {
  return (
    <>
      <p className="flex items-center gap-2 text-strong">
        <Mark kind="serious" />
        {counted(problems.length, 'thing')} must be put right in the file
      </p>
      <ul className="mt-1 list-disc pl-7">
        {problems.map((problem) => (
          <li key={problem} className="py-0.5">
            {problem}
          </li>
        ))}
      </ul>
    </>
  )
}

function Preview({ windows, before, currency }: { windows: Windows; before: TariffView | null; currency: string }) {
  const changes = useMemo(() => tariffChanges(before?.windows ?? null, windows, currency), [before, windows, currency])
  const { seasons, levels } = useMemo(() => gridOf({ windows }), [windows])
  return (
    <>
      <p className="text-strong">What would change</p>
      <ul className="mt-1 mb-3 list-disc pl-5">
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
      {seasons.map((season) => (
        <div key={season.from} className="mb-4">
          <p className="mb-1 text-ink-2 text-label">{season.name}</p>
          <WeekGrid grid={season.grid} levels={levels} currency={currency} title={season.name} />
        </div>
      ))}
    </>
  )
}
