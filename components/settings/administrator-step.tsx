'use client'
import { useMutation } from '@tanstack/react-query'
import { signIn } from 'next-auth/react'
import { type FormEvent, useState } from 'react'
import type { z } from 'zod'
import { firstRun } from '#lib/api/depot.ts'
import { Button } from '../ui/button.tsx'
import { CallFailed, call } from '../ui/call.ts'
import { Field } from '../ui/field.tsx'

const INPUT = firstRun.input!

/** The code from the log proves that this person runs the machine; then the first sign-in is made. */
export function AdministratorStep({ done }: { done: () => void }) {
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const create = useMutation({
    mutationFn: async (input: z.output<typeof INPUT>) => {
      await call(firstRun, { input })
      const result = await signIn('credentials', { redirect: false, email: input.email, password: input.password })
      if (result?.error) throw new Error('You are the administrator now, but signing in did not work. Go to the sign-in page.')
    },
    onSuccess: done,
    onError: (error) => setWrong(error instanceof CallFailed ? error.fields : {}),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const parsed = INPUT.safeParse(Object.fromEntries(new FormData(event.currentTarget)))
    setWrong(parsed.success ? {} : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [String(path[0]), message])))
    if (parsed.success && !create.isPending) create.mutate(parsed.data)
  }
  return (
    // post: a password must not stand in an address, should this script not run
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-4">
      <p className="text-ink-2">
        The code stands in the log of the web process, after its last start (“first-run”). It proves that this is your installation.
      </p>
      <Field label="Code" name="code" autoComplete="one-time-code" spellCheck={false} autoFocus required error={wrong.code} />
      <Field label="Your name" name="name" autoComplete="name" required error={wrong.name} />
      <Field label="E-mail" name="email" type="email" autoComplete="username" required error={wrong.email} hint="You sign in with it." />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        error={wrong.password}
        hint="At least 12 characters; a sentence is good."
      />
      {create.error && (
        <p role="alert" className="text-critical-text text-label">
          {create.error.message}
        </p>
      )}
      <Button type="submit" variant="primary" wide pending={create.isPending} pendingText="Making the administrator…">
        Make me the administrator
      </Button>
    </form>
  )
}
