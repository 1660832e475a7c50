'use client'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { getMe } from '#lib/api/depot.ts'
import type { Role } from '#lib/auth/role.ts'
import { call } from './call.ts'

/** Who is signed in, and the depot's clock; one answer for the shell and for every page in it. */
export const meOptions = (depot: string | undefined) => ({
  queryKey: ['me', depot ?? null] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) => call(getMe, { input: { depot }, signal }),
  refetchInterval: 60_000,
})

/** The role of the person on the screen; null for the moment until it is known. What it forbids is refused by the server too. */
export const useRole = (): Role | null => useQuery(meOptions(useSearchParams().get('depot') ?? undefined)).data?.user.role ?? null

/** The depots that the person on the screen may see; none for the moment until it is known. */
export const useDepots = () => useQuery(meOptions(useSearchParams().get('depot') ?? undefined)).data?.depots ?? []
