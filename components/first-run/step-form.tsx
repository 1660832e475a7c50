'use client'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { CallFailed } from '../ui/call.ts'
import { fieldsIn, refusalText } from '../ui/refusal-text.ts'

type Errors = Record<string, string>

/** One step: a title, what it is for, fields, and a button. What the server refuses stands at its field, the rest above the button. */
export function StepForm({
  title,
  lead,
  submit,
  send,
  children,
}: {
  title: string
  lead: ReactNode
  submit: string
  send: (form: FormData) => Promise<void>
  children: (errors: Errors) => ReactNode
}) {
  const [pending, setPending] = useState(false)
  const [errors, setErrors] = useState<Errors>({})
  const [refusal, setRefusal] = useState<string | null>(null)
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (pending) return
    setPending(true)
    setErrors({})
    setRefusal(null)
    const form = event.currentTarget
    try {
      await send(new FormData(form))
    } catch (error) {
      setRefusal(refusalText(error, fieldsIn(form)))
      if (error instanceof CallFailed) setErrors(error.fields)
    } finally {
      setPending(false)
    }
  }
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      <h1 className="text-figure">{title}</h1>
      <p className="text-ink-2">{lead}</p>
      {children(errors)}
      {refusal && (
        <p role="alert" className="text-critical-text text-label">
          {refusal}
        </p>
      )}
      <Button type="submit" variant="primary" wide pending={pending} pendingText="One moment…">
        {submit}
      </Button>
    </form>
  )
}

export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim()
export const numberOf = (form: FormData, name: string): number => Number(textOf(form, name).replace(',', '.'))
