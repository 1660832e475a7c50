'use client'
import { type FormEvent, useState } from 'react'
import type { ActionRow, CallAnswer } from '#lib/api/v1-charger.ts'
import { type Interruption, interruptionBy, type Running } from '#lib/charging/call-interrupts.ts'
import { type MessageSchema, problemsIn } from '#lib/ocpp/message-schema.ts'
import type { Draft } from '#lib/ocpp/payload-form.ts'
import { Button } from '../ui/button.tsx'
import { CallFailed } from '../ui/call.ts'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { CallTold } from './call-told.tsx'
import type { useCall } from './console-query.ts'
import { SchemaFields } from './schema-field.tsx'

type Fields = { [name: string]: Draft }

/** One call as a form made from its schema, or as JSON; what is wrong stands at its field, what came of it beneath. What ends a session is asked first. */
export function CallForm({
  row,
  begin,
  running,
  sending,
}: {
  row: ActionRow
  begin: Fields
  /** Who charges at it now. */
  running: readonly Running[]
  sending: ReturnType<typeof useCall>
}) {
  const schema = row.schema as MessageSchema
  const [mode, setMode] = useState<'form' | 'json'>('form')
  const [payload, setPayload] = useState<Fields>(begin)
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  // its words stay while it closes
  const [asking, setAsking] = useState<Interruption & { open: boolean }>()
  const read = mode === 'json' ? parsed(text) : { kind: 'read' as const, payload }
  const problems = read.kind === 'read' ? problemsIn(schema, read.payload) : {}
  const wrong = tried ? { ...failedFields(sending.error), ...problems } : {}
  const several = Object.keys(problems).length

  const turn = (to: 'form' | 'json') => {
    if (to === 'json') setText(JSON.stringify(payload, null, 2))
    // what cannot be read stays where it can be put right
    else if (read.kind === 'read') setPayload(read.payload)
    else return setTried(true)
    setMode(to)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (row.whyNot !== null || sending.isPending) return
    // what came of the call before must not stand beneath what is wrong with this one
    if (read.kind !== 'read' || several > 0) return sending.reset()
    const interruption = interruptionBy(row.action, read.payload, running)
    if (interruption) setAsking({ ...interruption, open: true })
    else send()
  }
  const close = () => setAsking(asking && { ...asking, open: false })
  const send = () => {
    close()
    if (read.kind === 'read') sending.mutate({ action: row.action, payload: read.payload })
  }
  return (
    <form onSubmit={submit} noValidate className="flex min-w-0 flex-col gap-3" aria-label={`Call ${row.action}`}>
      <div className="flex flex-wrap items-center gap-3">
        <Segmented
          label="Enter it as"
          value={mode}
          onChange={turn}
          segments={[
            { value: 'form', label: 'Form' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        <Button
          variant="quiet"
          onClick={() => {
            setPayload(row.example as Fields)
            setText(JSON.stringify(row.example, null, 2))
          }}
        >
          Fill in anew
        </Button>
      </div>
      {mode === 'form' ? (
        <SchemaFields
          path=""
          schema={schema}
          root={schema}
          value={payload}
          wrong={wrong}
          change={(to) => setPayload(typeof to === 'object' && !Array.isArray(to) ? to : {})}
        />
      ) : (
        <TextArea
          label="Payload"
          rows={12}
          value={text}
          spellCheck={false}
          className="font-mono"
          error={tried ? (read.kind === 'unread' ? read.reason : listed(wrong)) : null}
          onChange={({ target }) => setText(target.value)}
        />
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" variant="primary" disabledReason={row.whyNot} pending={sending.isPending} pendingText="The charger is asked…">
          {`Send ${row.action}`}
        </Button>
        {tried && several > 0 && (
          <span role="alert" className="text-critical-text text-label">
            {several === 1 ? 'One field is not right yet.' : `${several} fields are not right yet.`}
          </span>
        )}
      </div>
      <Dialog
        open={asking?.open ?? false}
        onOpenChange={(open) => !open && close()}
        title={asking?.title ?? ''}
        description={asking?.consequence}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" onClick={send}>{`Send ${row.action}`}</Button>
          </>
        }
      />
      <CallTold answer={sending.data as CallAnswer | undefined} failed={sending.error} pending={sending.isPending} />
    </form>
  )
}

const parsed = (text: string): { kind: 'read'; payload: Fields } | { kind: 'unread'; reason: string } => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { kind: 'unread', reason: 'This is an object in braces.' }
    return { kind: 'read', payload: value as Fields }
  } catch (error) {
    return { kind: 'unread', reason: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}` }
  }
}

const listed = (wrong: Record<string, string>): string | null => {
  const said = Object.entries(wrong).map(([path, words]) => `${path}: ${words}`)
  return said.length === 0 ? null : said.join(' ')
}

/** What the server found, by the same paths as our own look at it. */
const failedFields = (error: Error | null): Record<string, string> =>
  error instanceof CallFailed
    ? Object.fromEntries(Object.entries(error.fields).map(([path, words]) => [path.replace(/^payload\./, ''), words]))
    : {}
