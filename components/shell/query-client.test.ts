import { environmentManager, type QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CallFailed } from '../ui/call.ts'
import { makeQueryClient } from './query-client.ts'

// intervals run in browsers only
environmentManager.setIsServer(() => false)
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const KEY = ['/api/depots/:depot/chargers/:charger', 'north', 'nobody']

/** A page that asks every 15 s, and is told `failure` each time while there is one. */
function page(client: QueryClient, failure: { now: Error | null }) {
  let asked = 0
  const observer = new QueryObserver(client, {
    queryKey: KEY,
    queryFn: () => {
      asked++
      return failure.now ? Promise.reject(failure.now) : Promise.resolve('a charger')
    },
    refetchInterval: 15_000,
  })
  const close = observer.subscribe(() => {})
  return { observer, close, asked: () => asked }
}

test('what is not there is asked once: neither time nor live events ask again', async () => {
  const client = makeQueryClient()
  const { observer, asked } = page(client, { now: new CallFailed('not-found', 'There is no charger "nobody".') })
  await vi.advanceTimersByTimeAsync(1)
  expect(observer.getCurrentResult().error?.message).toBe('There is no charger "nobody".')
  for (let i = 0; i < 20; i++) {
    await client.invalidateQueries({ queryKey: [KEY[0]] })
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(asked()).toBe(1)
})

test('a person who presses "Try again", or opens the page anew, asks again; then all goes on', async () => {
  const client = makeQueryClient()
  const failure: { now: Error | null } = { now: new CallFailed('not-found', 'There is no such charger.') }
  const first = page(client, failure)
  await vi.advanceTimersByTimeAsync(1)
  await first.observer.refetch()
  expect(first.asked()).toBe(2)
  first.close()

  const second = page(client, failure)
  await vi.advanceTimersByTimeAsync(1)
  expect(second.asked()).toBe(1)
  failure.now = null
  await second.observer.refetch()
  expect(second.observer.getCurrentResult().data).toBe('a charger')
  await vi.advanceTimersByTimeAsync(15_000)
  expect(second.asked()).toBe(3)
})

test.each(['forbidden', 'invalid'] as const)('%s is final too', async (code) => {
  const client = makeQueryClient()
  const { asked } = page(client, { now: new CallFailed(code, 'No.') })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked()).toBe(1)
})

test('a server that is away is asked again by itself', async () => {
  const client = makeQueryClient()
  const failure: { now: Error | null } = { now: new CallFailed('unreachable', 'The server does not answer.') }
  const { observer, asked } = page(client, failure)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked()).toBe(2)
  failure.now = null
  await vi.advanceTimersByTimeAsync(20_000)
  expect(observer.getCurrentResult().data).toBe('a charger')
})
