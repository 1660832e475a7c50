import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeGather } from './gather.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('changes of one moment are asked for once', () => {
  const asked: string[] = []
  const gather = makeGather(
    (key) => asked.push(key),
    () => false,
    Date.now,
  )
  gather.add(['plan', 'board'])
  gather.add(['plan'])
  vi.advanceTimersByTime(500)
  expect(asked).toEqual(['plan', 'board'])
})

test('what is dear is asked at once, then at most each five seconds, and the last change is not lost', () => {
  const asked: string[] = []
  const gather = makeGather(
    (key) => asked.push(key),
    (key) => key === 'overview',
    Date.now,
  )
  for (let s = 0; s < 12; s++) {
    gather.add(['overview', 'plan'])
    vi.advanceTimersByTime(1000)
  }
  expect(asked.filter((key) => key === 'plan')).toHaveLength(12)
  const before = asked.filter((key) => key === 'overview').length
  expect(before).toBeLessThanOrEqual(3)
  vi.advanceTimersByTime(10_000)
  expect(asked.filter((key) => key === 'overview')).toHaveLength(before + 1)
})

test('after its end nothing is asked', () => {
  const asked: string[] = []
  const gather = makeGather(
    (key) => asked.push(key),
    () => false,
    Date.now,
  )
  gather.add(['plan'])
  gather.stop()
  vi.advanceTimersByTime(1000)
  expect(asked).toEqual([])
})
