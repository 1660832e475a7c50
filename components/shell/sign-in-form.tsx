'use client'
import { signIn } from 'next-auth/react'
import { type FormEvent, useState } from 'react'
import { getMe } from '#lib/api/depot.ts'
import { landing } from '#lib/auth/role.ts'
import { Button } from '../ui/button.tsx'
import { call } from '../ui/call.ts'
import { Field } from '../ui/field.tsx'

/** What a refused sign-in means for the person; the words come from server/auth. */
const REFUSALS: Record<string, string> = {
  wrong: 'This e-mail and password do not belong together. Look at both and try again.',
  wait: 'Too many tries. Wait 15 minutes, or ask an administrator for a new password.',
}

/** E-mail and password. Goes to `next` (a path of ours) or to the page of the person's role. */
export function SignInForm({ next, refusal }: { next: string | null; refusal: string | null }) {
  const [pending, setPending] = useState(false)
  const [error, setError] = useState(refusal && wordsFor(refusal))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (pending) return
    const form = new FormData(event.currentTarget)
    setPending(true)
    setError(null)
    try {
      const result = await signIn('credentials', { redirect: false, email: form.get('email'), password: form.get('password') })
      if (result?.error) return setError(wordsFor(result.error))
      const to = next ?? landing[(await call(getMe)).user.role]
      // a full load: nothing of an earlier person may stay in the page's memory
      window.location.assign(to)
    } catch {
      setError('The server does not answer. Look at the connection, then try again.')
    } finally {
      setPending(false)
    }
  }
  return (
    // post: pressed before this page's script runs, the browser sends the form itself, and a password must not stand in an address
    <form method="post" onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {error && (
        <p role="alert" className="text-critical-text text-label">
          {error}
        </p>
      )}
      <Button type="submit" variant="primary" wide pending={pending} pendingText="Signing in…">
        Sign in
      </Button>
    </form>
  )
}

const wordsFor = (refusal: string): string => REFUSALS[refusal] ?? 'Signing in did not work. Try again.'
