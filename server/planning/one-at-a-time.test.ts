import { expect, test } from 'vitest'
import { oneAtATime } from './one-at-a-time.ts'

test('runs of one key never overlap, whenever they are asked for', async () => {
  let inside = 0
  let most = 0
  let runs = 0
  const passes = oneAtATime<number>(
    async () => {
      most = Math.max(most, ++inside)
      await Promise.resolve()
      inside--
      return ++runs
    },
    () => {},
  )
  // asks in every microtask while runs end and begin
  for (let tick = 0; tick < 200; tick++) {
    void passes.run('north')
    await Promise.resolve()
  }
  await passes.idle()
  expect(most).toBe(1)
  expect(runs).toBeGreaterThan(10)
})

test('who asks while one runs gets a run that begins after it, and shares it with the others who wait', async () => {
  const begun: number[] = []
  let go = () => {}
  const passes = oneAtATime<number>(
    async () => {
      begun.push(begun.length)
      await new Promise<void>((done) => {
        go = done
      })
      return begun.length
    },
    () => {},
  )
  const first = passes.run('north')
  const [second, third] = [passes.run('north'), passes.run('north')]
  go()
  expect(await first).toBe(1)
  await Promise.resolve()
  go()
  expect(await Promise.all([second, third])).toEqual([2, 2])
})
