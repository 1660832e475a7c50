'use client'
import { ErrorState } from '#components/ui/states.tsx'

/** A page that broke while it was drawn; the rail beside it still works. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="px-4 md:px-6">
      <h1 className="sr-only">This page cannot be shown</h1>
      <ErrorState
        title="This page cannot be shown"
        detail={`Try again; if it stays so, go to another page and tell your administrator${error.digest ? ` the number ${error.digest}` : ` these words: ${error.message}`}. Charging goes on meanwhile.`}
        retry={reset}
      />
    </div>
  )
}
