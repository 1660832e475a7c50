'use client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { changePorts, type Provisioning, portsInput } from '#lib/api/provisioning.ts'
import { counted } from '#lib/format/number.ts'
import { conductorsOf } from '#lib/planning/phase-parts.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { useDepot } from '../ui/depot.tsx'
import { Mark } from '../ui/mark.tsx'
import { Question } from '../ui/question.tsx'
import { say } from '../ui/toast.tsx'
import { useChargersChanged } from './provisioning-query.ts'

/** A port while it is edited: as it stands in the fields. */
type Draft = {
  id?: string
  inUse: boolean
  number: string
  bay: string
  maxKw: string
  minA: string
  volts: string
  phases: string
  wiring: string
  /** Empty: nobody knows. */
  lines: string
  standards: string
}

const draftOf = (port: Provisioning['ports'][number]): Draft => ({
  id: port.id,
  inUse: port.inUse,
  number: String(port.number),
  bay: port.bay,
  maxKw: String(port.maxW / 1000),
  minA: String(port.minA),
  volts: String(port.volts),
  phases: String(port.phases),
  wiring: port.wiring,
  lines: port.lines ?? '',
  standards: port.connectors.map(({ standard }) => standard).join(', '),
})

const inputOf = ({ id, number, bay, maxKw, minA, volts, phases, wiring, lines, standards }: Draft): Record<string, unknown> => {
  const numeric = (text: string) => (text.trim() === '' ? undefined : Number(text.replace(',', '.')))
  const names = standards.split(',').map((each) => each.trim())
  return {
    ...(id === undefined ? {} : { id }),
    number: numeric(number),
    bay,
    maxKw: numeric(maxKw),
    minA: numeric(minA),
    volts: numeric(volts),
    phases: numeric(phases),
    wiring,
    lines: choicesOf({ phases, wiring }).includes(lines) ? lines : null,
    connectors: names.filter(Boolean).map((standard, i) => ({ number: i + 1, standard })),
  }
}

/** The ports of a charger: numbers as it counts its connectors, bays, electrics and plugs. */
export function SetupPorts({ charger }: { charger: Provisioning }) {
  const depot = useDepot()
  const changed = useChargersChanged()
  const [drafts, setDrafts] = useState(() => charger.ports.map(draftOf))
  const [wrong, setWrong] = useState<string | null>(null)
  const save = useMutation({
    mutationFn: (input: z.output<typeof portsInput>) => call(changePorts, { params: { depot: depot.id, charger: charger.id }, input }),
    onSuccess: async () => {
      await changed()
      say('The ports are changed', { detail: 'What the charger keeps for them is told anew.' })
    },
  })
  const same = JSON.stringify(drafts) === JSON.stringify(charger.ports.map(draftOf))
  const set = (index: number, change: Partial<Draft>) => setDrafts(drafts.map((each, i) => (i === index ? { ...each, ...change } : each)))
  const submit = () => {
    const parsed = portsInput.safeParse({ ports: drafts.map(inputOf) })
    const [issue] = parsed.error?.issues ?? []
    setWrong(
      issue
        ? `${typeof issue.path[1] === 'number' ? `Row ${issue.path[1] + 1}, ${LABELS[String(issue.path[2])] ?? ''}: ` : ''}${issue.message}`
        : null,
    )
    if (parsed.success) save.mutate(parsed.data)
  }
  const told = charger.toldConnectors
  return (
    <Question title="Which ports does it have?">
      {told !== null && told !== charger.ports.length && (
        <p className="mt-2 flex max-w-3xl flex-wrap items-center gap-x-3 gap-y-1 bg-serious-tint px-3 py-2">
          <Mark kind="serious" />
          <span>
            It says that it has {counted(told, 'connector')}, and {charger.ports.length} {charger.ports.length === 1 ? 'is' : 'are'}{' '}
            registered.
          </span>
          <Button disabledReason={whyNotMend(charger, told)} onClick={() => setDrafts(mended(charger.ports.map(draftOf), told))}>
            Make it {told}
          </Button>
        </p>
      )}
      <div className="mt-2 flex flex-col gap-4">
        {drafts.map((draft, index) => (
          // a new port has no name yet: its place is one
          <PortFields
            key={draft.id ?? `new ${index}`}
            draft={draft}
            set={(change) => set(index, change)}
            remove={() => setDrafts(drafts.filter((_, i) => i !== index))}
            whyNotRemove={draft.inUse ? 'A session is open here: stop it first.' : drafts.length === 1 ? 'It needs one port.' : null}
          />
        ))}
      </div>
      {(wrong ?? save.error) && (
        <p role="alert" className="mt-2 text-critical-text text-label">
          {wrong ?? save.error?.message}
        </p>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => setDrafts([...drafts, added(drafts)])}>Add a port</Button>
        <Button disabledReason={same ? 'Nothing is changed.' : null} onClick={() => setDrafts(charger.ports.map(draftOf))}>
          Undo
        </Button>
        <Button disabledReason={same ? 'Nothing is changed.' : null} pending={save.isPending} pendingText="Saving…" onClick={submit}>
          Save ports
        </Button>
      </div>
    </Question>
  )
}

const LABELS: Record<string, string> = {
  number: 'number',
  bay: 'bay',
  maxKw: 'kW',
  minA: 'least A',
  volts: 'V',
  phases: 'phases',
  lines: 'lines',
  connectors: 'plugs',
}

function PortFields({
  draft,
  set,
  remove,
  whyNotRemove,
}: {
  draft: Draft
  set: (change: Partial<Draft>) => void
  remove: () => void
  whyNotRemove: string | null
}) {
  const field = (name: 'number' | 'bay' | 'maxKw' | 'minA' | 'volts' | 'standards', label: string, className = 'w-20') => (
    <label className="flex flex-col gap-1">
      <span className="text-ink-2 text-label">{label}</span>
      <input
        value={draft[name]}
        onChange={({ target }) => set({ [name]: target.value })}
        inputMode={name === 'bay' || name === 'standards' ? 'text' : 'decimal'}
        className={`min-h-(--target) rounded-control border border-control bg-surface px-2.5 ${className}`}
      />
    </label>
  )
  const choice = (name: 'phases' | 'wiring', label: string, options: readonly string[]) => (
    <label className="flex flex-col gap-1">
      <span className="text-ink-2 text-label">{label}</span>
      <select
        value={draft[name]}
        onChange={({ target }) => set({ [name]: target.value })}
        className="min-h-(--target) rounded-control border border-control bg-surface px-2.5"
      >
        {options.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  )
  return (
    <fieldset className="flex flex-wrap items-end gap-2 border-line border-b pb-3">
      <legend className="sr-only">Port {draft.bay || draft.number}</legend>
      {field('number', 'Number', 'w-16')}
      {field('bay', 'Bay')}
      {field('maxKw', 'kW')}
      {field('minA', 'Least A', 'w-16')}
      {field('volts', 'V', 'w-16')}
      {choice('phases', 'Phases', ['1', '2', '3'])}
      {choice('wiring', 'Wired', ['L-L', 'L-N'])}
      <label className="flex flex-col gap-1">
        <span className="text-ink-2 text-label">On the site’s lines</span>
        <select
          value={choicesOf(draft).includes(draft.lines) ? draft.lines : ''}
          onChange={({ target }) => set({ lines: target.value })}
          className="min-h-(--target) rounded-control border border-control bg-surface px-2.5"
        >
          <option value="">{draft.phases === '3' ? 'L1 L2 L3, not turned' : 'not known'}</option>
          {choicesOf(draft).map((each) => (
            <option key={each} value={each}>
              {each.toUpperCase()}
            </option>
          ))}
        </select>
      </label>
      {field('standards', 'Plugs', 'w-36')}
      <Button disabledReason={whyNotRemove} onClick={remove} aria-label={`Remove port ${draft.bay || draft.number}`}>
        Remove
      </Button>
    </fieldset>
  )
}

/** The lines of the site that a port may be on, in the order of its own. */
const choicesOf = ({ phases, wiring }: Pick<Draft, 'phases' | 'wiring'>): readonly string[] =>
  CHOICES[conductorsOf({ phases: Number(phases) as 1 | 2 | 3, wiring: wiring === 'L-N' ? 'L-N' : 'L-L' })]

const CHOICES: Record<1 | 2 | 3, readonly string[]> = {
  1: ['l1', 'l2', 'l3'],
  2: ['l1 l2', 'l2 l3', 'l3 l1'],
  3: ['l1 l2 l3', 'l2 l3 l1', 'l3 l1 l2', 'l1 l3 l2', 'l3 l2 l1', 'l2 l1 l3'],
}

/** Like the last one, with the next number. */
function added(drafts: readonly Draft[]): Draft {
  const last = drafts.at(-1)!
  const number = Math.max(0, ...drafts.map((each) => Number(each.number) || 0)) + 1
  const { id: _, ...rest } = last
  return { ...rest, inUse: false, number: String(number), bay: `${last.bay.replace(/-\d+$/, '')}-${number}` }
}

/** As many ports as the charger says: the last ones go, or new ones like the last. */
function mended(drafts: Draft[], told: number): Draft[] {
  const all = drafts.toSorted((a, b) => Number(a.number) - Number(b.number)).slice(0, told)
  while (all.length < told) all.push(added(all))
  return all
}

const whyNotMend = ({ ports }: Provisioning, told: number): string | null =>
  told === 0 || told > 32
    ? 'That cannot be true: ask it for its configuration again.'
    : ports.some(({ number, inUse }) => inUse && number > told)
      ? 'A session is open at a port that it says it has not: stop it first.'
      : null
