'use client'
import { useId } from 'react'
import { type MessageSchema, resolved } from '#lib/ocpp/message-schema.ts'
import { type Draft, emptyDraft, fieldHint, fieldLabel, withField } from '#lib/ocpp/payload-form.ts'
import { Button } from '../ui/button.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'

type Part<Value> = {
  /** The field's name in the message. */
  name: string
  /** Where it lies, as what is wrong is named: `csChargingProfiles.stackLevel`. */
  path: string
  schema: MessageSchema
  root: MessageSchema
  value: Value
  required: boolean
  wrong: Record<string, string>
  change: (value: Draft | undefined) => void
}
type Fields = { [name: string]: Draft }

/** All fields of an object, in the order of the schema. */
export function SchemaFields({ path, schema, root, value, wrong, change }: Omit<Part<Fields>, 'name' | 'required'>) {
  const names = Object.keys(schema.properties ?? {})
  const unknown = Object.keys(value).filter((name) => !names.includes(name))
  return (
    <div className="grid min-w-0 grid-cols-1 items-start gap-3 sm:grid-cols-2 [&>[data-whole]]:sm:col-span-2">
      {names.length === 0 && (
        <p data-whole className="text-ink-2">
          This message has no fields.
        </p>
      )}
      {names.map((name) => (
        <SchemaField
          key={name}
          name={name}
          path={path === '' ? name : `${path}.${name}`}
          schema={resolved(schema.properties?.[name] ?? {}, root)}
          root={root}
          value={value[name]}
          required={schema.required?.includes(name) ?? false}
          wrong={wrong}
          change={(to) => change(withField(value, name, to, names))}
        />
      ))}
      {unknown.length > 0 && (
        <p role="alert" data-whole className="text-critical-text text-label">
          {`The message has no field ${unknown.join(', ')}: take it out as JSON.`}
        </p>
      )}
    </div>
  )
}

function SchemaField(part: Part<Draft | undefined>) {
  const { schema, value } = part
  if (schema.type === 'object') return <ObjectField {...part} value={isFields(value) ? value : undefined} />
  if (schema.type === 'array') return <ListField {...part} value={Array.isArray(value) ? value : undefined} />
  return <PlainField {...part} />
}

const isFields = (value: Draft | undefined): value is Fields => typeof value === 'object' && !Array.isArray(value)

const labelOf = ({ name, required }: Pick<Part<unknown>, 'name' | 'required'>) => `${fieldLabel(name)}${required ? ' (required)' : ''}`

function PlainField({ name, path, schema, value, required, wrong, change }: Part<Draft | undefined>) {
  const label = labelOf({ name, required })
  const text = value === undefined || typeof value === 'object' ? '' : String(value)
  const shared = { label, error: wrong[path], hint: fieldHint(schema) }
  if (schema.enum)
    return (
      <Select
        {...shared}
        value={text}
        required={required}
        onChange={({ target }) => change(target.value === '' ? undefined : target.value)}
        options={[
          ...(required && text !== '' ? [] : [{ value: '', label: '—' }]),
          ...schema.enum.map((each) => ({ value: each, label: each })),
        ]}
      />
    )
  const number = schema.type === 'integer' || schema.type === 'number'
  if (number)
    return (
      <Field
        {...shared}
        type="number"
        inputMode="decimal"
        step={schema.type === 'integer' ? 1 : (schema.multipleOf ?? 'any')}
        value={text}
        required={required}
        onChange={({ target }) => change(target.value === '' ? undefined : Number(target.value))}
      />
    )
  // an empty text is a value where one is required, and no field where none is
  const write = (to: string) => change(to === '' && !required ? undefined : to)
  if ((schema.maxLength ?? 0) > 600)
    return (
      <TextArea {...shared} rows={4} value={text} required={required} spellCheck={false} onChange={({ target }) => write(target.value)} />
    )
  return <Field {...shared} value={text} required={required} spellCheck={false} onChange={({ target }) => write(target.value)} />
}

/** A part of the message with fields of its own; one that may be left out is added and taken out as a whole. */
function ObjectField({ value, change, ...part }: Part<Fields | undefined>) {
  const { name, schema, root, required, path, wrong } = part
  if (value === undefined)
    return (
      <Missing part={part} add={() => change(emptyDraft(schema, root))}>
        Add {fieldLabel(name).toLowerCase()}
      </Missing>
    )
  return (
    <Group label={labelOf(part)} remove={required ? undefined : () => change(undefined)} removeName={fieldLabel(name).toLowerCase()}>
      <SchemaFields path={path} schema={schema} root={root} value={value} wrong={wrong} change={change} />
    </Group>
  )
}

function ListField({ value, change, ...part }: Part<Draft[] | undefined>) {
  const { name, schema, root, required, path, wrong } = part
  const item = resolved(schema.items ?? {}, root)
  const one = fieldLabel(name).toLowerCase()
  const add = () => change([...(value ?? []), emptyDraft(item, root)])
  if (value === undefined)
    return (
      <Missing part={part} add={add}>
        Add {one}
      </Missing>
    )
  return (
    <Group label={`${labelOf(part)}: ${value.length}`} remove={required ? undefined : () => change(undefined)} removeName={one}>
      {wrong[path] && (
        <p role="alert" className="text-critical-text text-label">
          {wrong[path]}
        </p>
      )}
      {value.map((each, index) => {
        const set = (to: Draft | undefined) => change(to === undefined ? value.toSpliced(index, 1) : value.with(index, to))
        const within = { root, path: `${path}.${index}`, wrong, change: set }
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item has no name but its place
          <Group key={index} label={`${index + 1}`} remove={() => set(undefined)} removeName={`${one} ${index + 1}`}>
            {isFields(each) ? (
              <SchemaFields {...within} schema={item} value={each} />
            ) : (
              <PlainField {...within} name={name} schema={item} value={each} required />
            )}
          </Group>
        )
      })}
      <Button onClick={add} className="self-start">
        Add another
      </Button>
    </Group>
  )
}

function Missing({
  part: { wrong, path, required },
  add,
  children,
}: {
  part: Omit<Part<unknown>, 'value' | 'change'>
  add: () => void
  children: React.ReactNode
}) {
  return (
    <div data-whole className="flex flex-wrap items-center gap-2">
      <Button onClick={add}>{children}</Button>
      {required && <span className="text-ink-2 text-label">required</span>}
      {wrong[path] && (
        <span role="alert" className="text-critical-text text-label">
          {wrong[path]}
        </span>
      )}
    </div>
  )
}

function Group({
  label,
  remove,
  removeName,
  children,
}: {
  label: string
  remove: (() => void) | undefined
  removeName: string
  children: React.ReactNode
}) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset may not hold its heading beside a button
    <div role="group" data-whole aria-labelledby={id} className="flex min-w-0 flex-col gap-3 border-line-2 border-l-2 pl-3">
      <div className="flex min-h-6 flex-wrap items-center gap-2">
        <span id={id} className="text-ink-2 text-label">
          {label}
        </span>
        {remove && (
          <Button variant="quiet" onClick={remove} aria-label={`Take out ${removeName}`}>
            Take out
          </Button>
        )}
      </div>
      {children}
    </div>
  )
}
