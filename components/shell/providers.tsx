'use client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import { type ReactNode, useState } from 'react'
import { CallFailed } from '../ui/call.ts'
import { Toaster } from '../ui/toast.tsx'

/** What every page needs around it: the cache of server data, state in the URL, toasts. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    // live events keep the cache fresh, so a mount or a focus need not ask again
    () => new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, refetchOnWindowFocus: false, retry: mayHelp } } }),
  )
  return (
    <QueryClientProvider client={client}>
      <NuqsAdapter>{children}</NuqsAdapter>
      <Toaster />
    </QueryClientProvider>
  )
}

const PASSING = ['unreachable', 'internal', 'unavailable']

/** Asked once more when that may help: a refusal is the same the second time. */
const mayHelp = (failures: number, error: unknown): boolean =>
  failures < 1 && (!(error instanceof CallFailed) || PASSING.includes(error.code))
