import { expect, test } from 'vitest'
import { chance } from './chance.ts'
import { explore, walks } from './explore.ts'
import { randomWorld } from './random-world.ts'
import { clocks, handOver, lapse, newcomer, onOneLine, restarts, sessions } from './world.ts'

// `npm run test:long`: the same worlds with more of everything, and many more by chance. PROTOCOL_STATES bounds each (memory).

const MOST = Number(process.env.PROTOCOL_STATES ?? 4_000_000)
const WALKS = Number(process.env.PROTOCOL_WORLDS ?? 3_000)

const worlds = [
  handOver({ repeats: 0, sends: 5 }),
  handOver({ ticks: 3 }),
  onOneLine(),
  lapse({ sends: 5 }),
  restarts(),
  sessions(),
  newcomer(),
  clocks(),
]
test.each(worlds)('every state of a world: $name', { timeout: 3_600_000 }, (world) => {
  const { found, states, whole } = explore(world, { most: MOST })
  console.info(`protocol: ${world.name}: ${states} states${whole ? '' : ', cut off there'}`)
  expect(found).toBeUndefined()
})

test('larger worlds, by chance', { timeout: 3_600_000 }, () => {
  let states = 0
  for (let seed = 1; seed <= WALKS; seed++) {
    const random = chance(seed * 7919)
    const walked = walks(randomWorld(random), random, { times: 5, steps: 400 })
    expect({ seed, found: walked.found }).toEqual({ seed, found: undefined })
    states += walked.states
  }
  console.info(`protocol: ${WALKS} larger worlds by chance: ${states} states`)
})
