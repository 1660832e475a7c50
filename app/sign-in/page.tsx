import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { BrandMark } from '#components/shell/brand.tsx'
import { SignInForm } from '#components/shell/sign-in-form.tsx'
import { isFirstRun } from '#server/auth/first-run.ts'
import { getRuntime } from '#server/runtime.ts'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  if (await isFirstRun(getRuntime())) redirect('/first-run')
  const { callbackUrl, error } = await searchParams
  return (
    <main className="grid min-h-screen items-start justify-items-center bg-surface px-4 pt-[18vh]">
      <div className="w-full max-w-80">
        <p className="flex items-center gap-2 font-semibold text-phone">
          <BrandMark />
          Yardwatt
        </p>
        <h1 className="mt-6 mb-4 text-figure">Sign in</h1>
        <SignInForm next={ownPath(callbackUrl)} refusal={typeof error === 'string' ? error : null} />
      </div>
    </main>
  )
}

/** Only a path of this site: a link must not send people elsewhere after they signed in. */
function ownPath(url: string | string[] | undefined): string | null {
  return typeof url === 'string' && /^\/(?![/\\])/.test(url) ? url : null
}
