'use client'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { useDepot } from '../ui/depot.tsx'
import { Field, Select } from '../ui/field.tsx'
import { type Asked, choicesOptions, filterOf, SORTS, STATES } from './session-query.ts'

const STATE_WORDS = { open: 'Running', closed: 'Ended', review: 'To review' } as const
const SORT_WORDS = { started: 'Newest first', energy: 'Most energy first', cost: 'Dearest first' } as const

/** Which sessions: each field changes the address, so that the list can be sent to a colleague. */
export function SessionFilters({ asked, ask }: { asked: Asked; ask: (change: Partial<Asked>) => void }) {
  const depot = useDepot()
  const { data: choices } = useQuery(choicesOptions(depot.id))
  const asks = Object.keys(filterOf(asked)).length
  const some = asks > 0
  // on a phone the fields would fill the screen: they open on demand
  const [open, setOpen] = useState(false)
  return (
    <search className="border-line border-b px-4 py-3 md:px-6">
      <Button wide className="md:hidden" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide the filter' : some ? `Filter and order: ${asks} set` : 'Filter and order'}
      </Button>
      <div className={cx('grid-cols-2 items-end gap-3 pt-3 md:flex md:flex-wrap md:pt-0', open ? 'grid' : 'hidden')}>
        <Field
          label="Started from"
          type="date"
          className="md:w-36"
          value={asked.from ?? ''}
          max={asked.until ?? undefined}
          onChange={({ target }) => ask({ from: target.value || null })}
        />
        <Field
          label="and before"
          type="date"
          className="md:w-36"
          value={asked.until ?? ''}
          min={asked.from ?? undefined}
          onChange={({ target }) => ask({ until: target.value || null })}
        />
        <Select
          label="Vehicle"
          className="md:w-32"
          options={optionsOf('All vehicles', choices?.vehicles, asked.vehicle)}
          value={asked.vehicle ?? ''}
          onChange={({ target }) => ask({ vehicle: target.value || null })}
        />
        <Select
          label="Charger"
          className="md:w-36"
          options={optionsOf('All chargers', choices?.chargers, asked.charger)}
          value={asked.charger ?? ''}
          onChange={({ target }) => ask({ charger: target.value || null })}
        />
        <TagField tag={asked.tag ?? ''} ask={(tag) => ask({ tag: tag || null })} />
        <Select
          label="State"
          className="md:w-32"
          options={[{ value: '', label: 'All states' }, ...STATES.map((value) => ({ value, label: STATE_WORDS[value] }))]}
          value={asked.state ?? ''}
          onChange={({ target }) => ask({ state: STATES.find((state) => state === target.value) ?? null })}
        />
        <Select
          label="Order"
          className="md:w-40"
          options={SORTS.map((value) => ({ value, label: SORT_WORDS[value] }))}
          value={asked.sort}
          onChange={({ target }) => ask({ sort: SORTS.find((sort) => sort === target.value) ?? 'started' })}
        />
        {some && (
          <Button variant="quiet" onClick={() => ask({ from: null, until: null, vehicle: null, charger: null, tag: null, state: null })}>
            Clear filter
          </Button>
        )}
      </div>
    </search>
  )
}

/** Asks when the person is done with typing: Enter, or on the way to the next field. */
function TagField({ tag, ask }: { tag: string; ask: (tag: string) => void }) {
  const [typed, setTyped] = useState(tag)
  useEffect(() => setTyped(tag), [tag])
  const done = (event?: FormEvent) => {
    event?.preventDefault()
    if (typed.trim() !== tag) ask(typed.trim())
  }
  return (
    <form onSubmit={done} className="md:w-36">
      <Field label="Card or tag" value={typed} onChange={({ target }) => setTyped(target.value)} onBlur={() => done()} spellCheck={false} />
    </form>
  )
}

const optionsOf = (all: string, choices: readonly { id: string; name: string }[] | undefined, chosen: string | null | undefined) => {
  const known = (choices ?? []).map(({ id, name }) => ({ value: id, label: name }))
  // an address may name one that is not here (yet): the select must still show what is asked
  const missing = chosen && !known.some(({ value }) => value === chosen) ? [{ value: chosen, label: chosen }] : []
  return [{ value: '', label: all }, ...known, ...missing]
}
