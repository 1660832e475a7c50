import { ButtonLink } from '#components/ui/button.tsx'

export default function NotFound() {
  return (
    <main className="mx-auto min-h-screen max-w-xl bg-surface px-4 pt-[18vh] md:px-6">
      <h1 className="text-figure">There is no such page</h1>
      <p className="mt-1 mb-4 text-ink-2">The address may be mistyped, or what it showed was removed.</p>
      <ButtonLink href="/">Go to the overview</ButtonLink>
    </main>
  )
}
