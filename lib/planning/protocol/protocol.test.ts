import { expect, test } from 'vitest'
import { chance } from './chance.ts'
import { type Explored, explore, walks } from './explore.ts'
import { makeGame } from './game.ts'
import { MUTATIONS } from './mutations.ts'
import { randomWorld } from './random-world.ts'
import { RULES } from './rules.ts'
import { clocks, handOver, lapse, newcomer, onOneLine, restarts, sessions, type World } from './world.ts'

// The reconcile protocol, whatever happens (docs/control-loop.md): every state of small worlds, and chance in larger ones.

const told = (name: string, { states, moves, sends, depth }: Explored) =>
  console.info(`protocol: ${name}: ${states} states, ${moves} moves, ${sends} passes that send, ${depth} deep`)

const worlds: World[] = [
  handOver({ repeats: 0, sends: 4, refusals: 0 }),
  handOver({ ticks: 3, replans: 1, sends: 3 }),
  onOneLine({ ticks: 2, sends: 3, repeats: 0, refusals: 0 }),
  lapse({ sends: 3 }),
  restarts({ ticks: 2, sends: 2, disconnects: 0, forgetfulReboots: 0 }),
  restarts({ ticks: 2, sends: 2, disconnects: 0, reboots: 0 }),
  restarts({ ticks: 2, sends: 2, reboots: 0, forgetfulReboots: 0 }),
  sessions({ ticks: 2, sends: 2, refusals: 0, repeats: 0 }),
  newcomer({ ticks: 2, sends: 2, refusals: 0 }),
  newcomer({ ticks: 2, sends: 3, refusals: 0, forgetfulReboots: 0 }),
  clocks({ sends: 3 }),
]
test.each(worlds)('every state of a small world: $name', { timeout: 120_000 }, (world) => {
  const explored = explore(world)
  told(world.name, explored)
  expect(explored.found).toBeUndefined()
  expect(explored.whole).toBe(true)
  // it would prove nothing if nothing were sent
  expect(explored.sends).toBeGreaterThan(20)
})

test.each(MUTATIONS)('without $without a limit is passed', { timeout: 120_000 }, ({ without, world, rules }) => {
  const { found, states } = explore(world, { rules, most: 400_000 })
  console.info(`protocol without ${without} (${states} states):\n${found?.story.map((line) => `    ${line}`).join('\n')}`)
  expect(found).toBeDefined()
})

test('with every safeguard, and nothing that goes wrong, both plans are followed to the letter', () => {
  const game = makeGame(handOver({ ticks: 20, sends: 20 }), RULES)
  const plans = handOver().plans
  let place = game.first
  const go = (what: RegExp): boolean => {
    const move = [...game.moves(place)].find((each) => what.test(each.what) && !/again|refuses|no answer|lost/.test(each.what))
    if (move) place = move.to
    return move !== undefined
  }
  for (const plan of plans.slice(1)) {
    expect(go(/^a new plan/)).toBe(true)
    // everything that can be done at once is done before time goes on
    for (let ticks = 0; ticks < 3; ) {
      if (go(/takes|answer arrives|pass sends|reading says so/)) continue
      if (!go(/time goes on/)) break
      ticks++
    }
    const given = game.stateOf(place).ports.map(({ truth }) => truth.limit!.beforeW)
    expect(given.slice(0, 2)).toEqual(plan.slice(0, 2).map(({ beforeW }) => beforeW))
  }
})

test('larger worlds, by chance', { timeout: 120_000 }, () => {
  const all = { states: 0, sends: 0 }
  for (let seed = 1; seed <= 30; seed++) {
    const random = chance(seed)
    const { found, states, sends } = walks(randomWorld(random), random, { times: 2, steps: 250 })
    expect({ seed, found }).toEqual({ seed, found: undefined })
    all.states += states
    all.sends += sends
  }
  console.info(`protocol: larger worlds by chance: ${all.states} states, ${all.sends} passes that send`)
  expect(all.sends).toBeGreaterThan(1_000)
})
