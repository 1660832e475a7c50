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
    async (key) => asked.push(key),
    () => false,
    Date.now,
  )
  gather.add(['plan', 'board'])
  gather.add(['plan'])
  vi.advanceTimersByTime(500)
  expect(asked).toEqual(['plan', 'board'])
})

test('what is dear is asked at once, then at most each five seconds, and the last change is not lost', async () => {
  const asked: string[] = []
  const gather = makeGather(
    async (key) => asked.push(key),
    (key) => key === 'overview',
    Date.now,
  )
  for (let s = 0; s < 12; s++) {
    gather.add(['overview', 'plan'])
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(asked.filter((key) => key === 'plan')).toHaveLength(12)
  const before = asked.filter((key) => key === 'overview').length
  expect(before).toBeLessThanOrEqual(3)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked.filter((key) => key === 'overview')).toHaveLength(before + 1)
})

test('after its end nothing is asked', () => {
  const asked: string[] = []
  const gather = makeGather(
    async (key) => asked.push(key),
    () => false,
    Date.now,
  )
  gather.add(['plan'])
  gather.stop()
  vi.advanceTimersByTime(1000)
  expect(asked).toEqual([])
})

test('an answer slower than the changes is waited for, then asked for once more', async () => {
  const answers: (() => void)[] = []
  const gather = makeGather(
    () => new Promise<void>((resolve) => answers.push(resolve)),
    () => false,
    Date.now,
  )
  for (let s = 0; s < 10; s++) {
    gather.add(['plan'])
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(answers).toHaveLength(1)
  answers[0]!()
  await vi.advanceTimersByTimeAsync(1000)
  expect(answers).toHaveLength(2)
  answers[1]!()
  await vi.advanceTimersByTimeAsync(5000)
  expect(answers).toHaveLength(2)
})
