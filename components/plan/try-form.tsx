'use client'
import type { PlanView } from '#lib/api/plan.ts'
import { type WhatIfInput, whatIfInput } from '#lib/api/what-if.ts'
import { departureForMore } from '#lib/fleet/departure-for-more.ts'
import { limitText } from '#lib/format/energy.ts'
import { priceText } from '#lib/format/money.ts'
import { instant } from '#lib/time/instant.ts'
import { localIso } from '#lib/time/zone.ts'
import { EntryForm, numberOf, textOf, type Wrong } from '../ui/entry-form.tsx'
import { Field, Select } from '../ui/field.tsx'
import type { Try } from './use-try.ts'

type Given = { plan: PlanView; kind: Try; vehicle: string | null }

const NAMES: Record<Try, string> = {
  departure: 'Another departure',
  limit: 'Another limit',
  price: 'Another price',
  vehicles: 'More vehicles',
  first: 'A vehicle first',
  policy: 'Another preference',
}

/** One thing to try; the plan in force stays as it is. */
export function TryForm({
  setKind,
  send,
  close,
  ...given
}: Given & { setKind: (to: Try) => void; send: (input: WhatIfInput) => Promise<unknown>; close: () => void }) {
  return (
    <EntryForm
      // what was entered for one kind says nothing of another
      key={`${given.kind} ${given.vehicle}`}
      schema={whatIfInput}
      read={(form) => entered(given.kind, form)}
      send={send}
      submit="Preview"
      pendingText="The planner is asked…"
      cancel={close}
      cancelText="Close"
    >
      {(wrong) => (
        <>
          <Select
            label="What to try"
            value={given.kind}
            onChange={({ target }) => setKind(target.value as Try)}
            options={(Object.keys(NAMES) as Try[]).map((value) => ({ value, label: NAMES[value] }))}
          />
          <Fields {...given} wrong={wrong} />
        </>
      )}
    </EntryForm>
  )
}

function Fields({ plan, kind, vehicle, wrong }: Given & { wrong: Wrong }) {
  const { zone, currency } = plan.depot
  const local = (at: number) => localIso(instant(at), zone).slice(0, 16)
  const rows = plan.rows.filter(({ departsAt }) => departsAt !== null)
  const ofFleet = rows.flatMap((row) => (row.ofFleet && row.departsAt !== null ? [row.departsAt] : []))
  const chosen = rows.find(({ vehicleId }) => vehicleId === vehicle) ?? rows[0]
  const vehicles = (
    <Select
      label="Vehicle"
      name="vehicleId"
      defaultValue={chosen?.vehicleId}
      error={wrong.vehicleId}
      options={rows.map(({ vehicleId, name }) => ({ value: vehicleId, label: name }))}
    />
  )
  const nodes = (label: string) => (
    <Select
      label={label}
      name="nodeId"
      error={wrong.nodeId}
      options={plan.nodes.map(({ id, name, limitW }) => ({ value: id, label: `${name}, ${limitText(limitW)}` }))}
    />
  )
  switch (kind) {
    case 'first':
      return (
        <>
          {vehicles}
          <Field
            label="Until (empty: until it leaves)"
            name="until"
            type="datetime-local"
            error={wrong.until}
            hint="Then it is charged in its turn again."
          />
        </>
      )
    case 'departure':
      return (
        <>
          {vehicles}
          <Field
            label="Leaves"
            name="departs"
            type="datetime-local"
            defaultValue={chosen?.departsAt == null ? '' : local(chosen.departsAt)}
            error={wrong.departs}
          />
        </>
      )
    case 'limit':
      return (
        <>
          {nodes('Limit of')}
          <Field label="Limit, kW" name="kw" inputMode="decimal" error={wrong.kw} hint="Building and vehicles together." />
          <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-1">
            <Field label="From (empty: now)" name="from" type="datetime-local" error={wrong.from} />
            <Field label="Until (empty: for good)" name="until" type="datetime-local" error={wrong.until} />
          </div>
        </>
      )
    case 'price': {
      const windows = windowsAhead(plan)
      return (
        <>
          <Select
            label="In the hours of"
            name="window"
            error={wrong.window}
            options={windows.map(({ window, microPerKwh }) => ({ value: window, label: `${window}, ${priceText(microPerKwh, currency)}` }))}
          />
          <Field
            label={`Price, ${currency} per kWh`}
            name="perKwh"
            inputMode="decimal"
            error={wrong.perKwh}
            hint="Such as 0.31. A preview only."
          />
        </>
      )
    }
    case 'vehicles':
      return (
        <>
          <div className="grid grid-cols-3 items-start gap-3">
            <Field label="How many" name="count" inputMode="numeric" defaultValue="3" error={wrong.count} />
            <Field label="Need, kWh" name="kwh" inputMode="decimal" defaultValue="40" error={wrong.kwh} />
            <Field label="At most, kW" name="kw" inputMode="decimal" defaultValue="11" error={wrong.kw} />
          </div>
          {nodes('Their chargers hang on')}
          <div className="grid items-start gap-3 md:grid-cols-2 xl:grid-cols-1">
            <Field label="There from (empty: now)" name="arrives" type="datetime-local" error={wrong.arrives} />
            <Field
              label="Leave"
              name="departs"
              type="datetime-local"
              defaultValue={local(departureForMore(ofFleet, instant(plan.clock.now)))}
              error={wrong.departs}
              hint="A preview only."
            />
          </div>
        </>
      )
    case 'policy':
      return (
        <Select
          label="The plan prefers"
          name="policy"
          defaultValue={plan.policy === 'cheapest' ? 'readyFirst' : 'cheapest'}
          error={wrong.policy}
          options={[
            { value: 'readyFirst', label: 'Ready first: as early as the cap allows' },
            { value: 'cheapest', label: 'Cheapest that makes every departure' },
            { value: 'greenest', label: 'Greenest that makes every departure' },
          ]}
        />
      )
  }
}

/** Windows of the tariff with hours that are still to be planned. */
function windowsAhead({ prices, rows, clock, until }: PlanView): PlanView['prices'] {
  const last = Math.max(clock.now, ...rows.flatMap(({ departsAt }) => departsAt ?? []))
  const ahead = prices.filter(({ from }, i) => from < last && (prices[i + 1]?.from ?? until) > clock.now)
  return [...new Map(ahead.map((price) => [price.window, price])).values()]
}

const entered = (kind: Try, form: FormData): Record<string, unknown> => {
  const text = (name: string) => textOf(form, name)
  const orNull = (name: string) => text(name) || null
  switch (kind) {
    case 'departure':
      return { kind, vehicleId: text('vehicleId'), departs: text('departs') }
    case 'first':
      return { kind, vehicleId: text('vehicleId'), until: orNull('until') }
    case 'limit':
      return { kind, nodeId: text('nodeId'), kw: numberOf(form, 'kw'), from: orNull('from'), until: orNull('until') }
    case 'price':
      return { kind, window: text('window'), perKwh: numberOf(form, 'perKwh') }
    case 'vehicles':
      return {
        kind,
        count: numberOf(form, 'count'),
        nodeId: text('nodeId'),
        kwh: numberOf(form, 'kwh'),
        kw: numberOf(form, 'kw'),
        arrives: orNull('arrives'),
        departs: text('departs'),
      }
    case 'policy':
      return { kind, policy: text('policy') }
  }
}
