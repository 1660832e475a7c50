'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { z } from 'zod'
import { Button } from './button.tsx'
import { CallFailed } from './call.ts'
import { fieldsIn, refusalText } from './refusal-text.ts'

export type Wrong = Record<string, string>

/**
 * A form in a dialog. `read` makes the contract's input of what was entered; it is parsed by the contract before it is sent, so that
 * what is wrong stands at its field; the rest of a refusal stands above the buttons.
 */
export function EntryForm<Input extends z.ZodType>({
  schema,
  read,
  send,
  submit,
  pendingText = 'Saving…',
  cancel,
  cancelText = 'Cancel',
  beside,
  children,
}: {
  schema: Input
  read: (form: FormData) => Record<string, unknown>
  send: (input: z.output<Input>) => Promise<unknown>
  submit: string
  pendingText?: string
  cancel: () => void
  cancelText?: string
  /** Further buttons, to the left. */
  beside?: ReactNode
  children: (wrong: Wrong) => ReactNode
}) {
  const [wrong, setWrong] = useState<Wrong>({})
  const [refusal, setRefusal] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    // a form inside a dialog is, in React's tree, also inside the one that opened it
    event.stopPropagation()
    if (pending) return
    setRefusal(null)
    const parsed = schema.safeParse(read(new FormData(event.currentTarget)))
    if (!parsed.success)
      return setWrong(Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message]).reverse()))
    setWrong({})
    setPending(true)
    const shown = fieldsIn(event.currentTarget)
    try {
      await send(parsed.data)
    } catch (error) {
      setRefusal(refusalText(error, shown))
      if (error instanceof CallFailed)
        setWrong(Object.fromEntries(Object.entries(error.fields).map(([name, words]) => [name.split('.')[0], words])))
    } finally {
      setPending(false)
    }
  }
  return (
    <form onSubmit={(event) => void onSubmit(event)} noValidate className="flex flex-col gap-3">
      {children(wrong)}
      {refusal && (
        <p role="alert" className="text-critical-text text-label">
          {refusal}
        </p>
      )}
      <div className="mt-2 flex flex-wrap justify-end gap-2">
        {beside && <div className="mr-auto flex flex-wrap gap-2">{beside}</div>}
        <Button onClick={cancel}>{cancelText}</Button>
        <Button type="submit" variant="primary" pending={pending} pendingText={pendingText}>
          {submit}
        </Button>
      </div>
    </form>
  )
}

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()

/** With point or comma; an empty field is missing, not zero. */
export const numberOf = (form: FormData, name: string): number | undefined => {
  const text = textOf(form, name).replace(',', '.')
  return text === '' ? undefined : Number(text)
}
