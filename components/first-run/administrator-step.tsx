'use client'
import { signIn } from 'next-auth/react'
import { firstRun } from '#lib/api/depot.ts'
import { call } from '../ui/call.ts'
import { Field } from '../ui/field.tsx'
import { StepForm, textOf } from './step-form.tsx'

/** The one-time code shows that this person has access to the machine. */
export function AdministratorStep({ done }: { done: () => void }) {
  const send = async (form: FormData) => {
    const email = textOf(form, 'email')
    const password = String(form.get('password') ?? '')
    await call(firstRun, { input: { code: textOf(form, 'code'), name: textOf(form, 'name'), email, password } })
    const result = await signIn('credentials', { redirect: false, email, password })
    if (result?.error) return window.location.assign('/sign-in')
    done()
  }
  return (
    <StepForm
      title="Who runs this?"
      lead="The code stands in the log of the web process, after its last start. It works once."
      submit="Create the administrator"
      send={send}
    >
      {(errors) => (
        <>
          <Field
            label="Code from the log"
            name="code"
            autoComplete="off"
            autoFocus
            required
            error={errors.code}
            placeholder="ABCD-EFGH-JKMN-PQRS"
          />
          <Field label="Your name" name="name" autoComplete="name" required error={errors.name} />
          <Field label="E-mail" name="email" type="email" autoComplete="username" required error={errors.email} />
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={12}
            required
            hint="At least 12 characters."
            error={errors.password}
          />
        </>
      )}
    </StepForm>
  )
}
