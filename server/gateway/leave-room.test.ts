import { expect, test } from 'vitest'
import { makeTogether } from '../store/together.ts'
import { makeLeaveRoom } from './leave-room.ts'

/** Turns of the event loop so far. */
function loopTurns() {
  let turns = 0
  let timer = setImmediate(function count() {
    turns++
    timer = setImmediate(count)
  })
  return { now: () => turns, stop: () => clearImmediate(timer) }
}

test('what waited for room begins in a turn of its own, so that sockets are looked at between', async () => {
  const leaveRoom = makeLeaveRoom()
  const turns = loopTurns()
  const begun: number[] = []
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      await leaveRoom()
      begun.push(turns.now())
    }),
  )
  turns.stop()
  expect(begun).toHaveLength(30)
  for (const [place, turn] of begun.entries()) if (place > 0) expect(turn).toBeGreaterThan(begun[place - 1]!)
})

test('answers to hundreds that asked together are given a few in a turn, in their order', async () => {
  const ask = makeTogether(async (keys: number[]) => keys.map((key) => key * 2))
  const turns = loopTurns()
  const given: { key: number; turn: number }[] = []
  await Promise.all(
    Array.from({ length: 300 }, async (_, key) => {
      expect(await ask(key)).toBe(key * 2)
      given.push({ key, turn: turns.now() })
    }),
  )
  turns.stop()
  expect(given.map(({ key }) => key)).toEqual(Array.from({ length: 300 }, (_, key) => key))
  const perTurn = Map.groupBy(given, ({ turn }) => turn)
  expect(Math.max(...[...perTurn.values()].map((each) => each.length))).toBeLessThanOrEqual(32)
})
