import { expect, test } from 'vitest'
import { makeTurns, oneAtATime } from './one-at-a-time.ts'

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

test('turns of one key: one inside, so many wait, the next is refused; another key has its own', async () => {
  const turns = makeTurns(2, () => new Error('too many'))
  const going: (() => void)[] = []
  const work = () => new Promise<string>((done) => going.push(() => done('done')))
  const [first, second, third] = [turns.run('north', work), turns.run('north', work), turns.run('north', work)]
  await expect(turns.run('north', work)).rejects.toThrow('too many')
  const other = turns.run('south', work)
  expect(going).toHaveLength(2)
  for (const each of [first, second, third]) {
    await expect.poll(() => going.length).toBeGreaterThan(0)
    going.shift()!()
    if (each === first) going.shift()!()
    expect(await each).toBe('done')
  }
  expect(await other).toBe('done')
  // a piece of work that fails lets the next one in
  await expect(turns.run('north', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await turns.run('north', async () => 'again')).toBe('again')
})
