import type { Curve } from '../curve.ts'
import { factsOf } from './facts.ts'
import { makeNumbers } from './numbers.ts'
import { booksOver, left, type Passed, pass } from './pass.ts'
import { forgotten, kept, type PortMove, portMoves } from './port-moves.ts'
import type { Rules } from './rules.ts'
import { type Breach, breachOf, firstState, reallyGives, type State } from './state.ts'
import { after, type Budget, type World } from './world.ts'

/** A state in numbers: step of time, plan, next session, budget, ports. */
export type Place = { tick: number; plan: number; nextSession: number; budget: number; ports: number[] }
export type Move = { what: string; to: Place; sends: boolean }
export type Fault = { kind: 'breach'; breach: Breach } | { kind: 'books'; overW: number }

/**
 * A world with its rules as a game: where it begins, what may happen next, and what must never be. Whatever happens at a port depends on
 * that port alone, so each port's moves are worked out once and a state is a few numbers.
 */
export function makeGame(world: World, rules: Rules) {
  const numbers = makeNumbers()
  const remembered = <Value>() => {
    const known = new Map<string, Value>()
    return (key: string, make: () => Value): Value => {
      const before = known.get(key)
      if (before !== undefined || known.has(key)) return before as Value
      const value = make()
      known.set(key, value)
      return value
    }
  }
  const moved = remembered<(Omit<PortMove, 'port'> & { to: number })[]>()
  const passes = remembered<Passed | undefined>()
  const ported = remembered<number>()
  const over = remembered<number>()

  const budgets: Budget[] = []
  const budgetNumbers = new Map<string, number>()
  const numberOf = (budget: Budget): number => {
    const text = Object.values(budget).join()
    const known = budgetNumbers.get(text) ?? budgets.push(budget) - 1
    budgetNumbers.set(text, known)
    return known
  }
  const less = new Map<string, number>()
  /** The budget after so much of one thing. */
  const without = (from: number, what: keyof Budget, by: number): number => {
    const key = `${from}${what}${by}`
    const budget = budgets[from]!
    const known = less.get(key) ?? numberOf({ ...budget, [what]: budget[what] - by })
    less.set(key, known)
    return known
  }

  const stateOf = ({ tick, plan, nextSession, budget, ports }: Place): State => ({
    tick,
    plan,
    nextSession,
    left: budgets[budget]!,
    ports: ports.map((each) => numbers.port(each)),
  })
  const booksKey = ({ tick, plan, ports }: Place): string => `${tick},${plan},${ports.map((each) => numbers.booksOf(each)).join()}`
  const spent = (from: Place, ports: number[], what: keyof Budget, change: Partial<Place> = {}): Place => ({
    ...from,
    ports,
    budget: without(from.budget, what, 1),
    ...change,
  })

  function* moves(from: Place): Generator<Move> {
    const { tick, plan, nextSession, ports } = from
    const budget = budgets[from.budget]!
    const sent = passed(from)
    if (sent) yield sent
    if (budget.ticks > 0) {
      const later = ports.map((each) =>
        ported(`t${tick};${each}`, () => numbers.ofPort(kept({ world, rules, tick: tick + 1 }, numbers.port(each)))),
      )
      yield { what: 'time goes on', to: spent(from, later, 'ticks', { tick: tick + 1 }), sends: false }
    }
    if (budget.replans > 0 && plan + 1 < world.plans.length)
      yield { what: 'a new plan', to: spent(from, ports, 'replans', { plan: plan + 1 }), sends: false }
    if (budget.crashes > 0 && ports.some((each) => numbers.port(each).books.calls.length > 0)) {
      const forgot = ports.map((each) =>
        ported(`c${tick};${each}`, () => numbers.ofPort(kept({ world, rules, tick }, forgotten(numbers.port(each))))),
      )
      yield { what: 'the gateway dies and starts', to: spent(from, forgot, 'crashes'), sends: false }
    }
    for (const [i, each] of ports.entries()) {
      const all = moved(`${i};${each};${tick};${nextSession}`, () =>
        portMoves({ world, rules, tick, nextSession, i }, numbers.port(each)).map(({ port, ...move }) => ({
          ...move,
          to: numbers.ofPort(port),
        })),
      )
      for (const { what, to, spends, begins } of all) {
        if (spends !== undefined && budget[spends] === 0) continue
        const next = ports.with(i, to)
        const session = begins ? { nextSession: nextSession + 1 } : {}
        yield { what, to: spends === undefined ? { ...from, ports: next } : spent(from, next, spends, session), sends: false }
      }
    }
  }

  function passed(from: Place): Move | undefined {
    const sent = passes(booksKey(from), () => pass(world, rules, stateOf(from)))
    if (!sent || sent.sends > budgets[from.budget]!.sends) return undefined
    const state = stateOf(from)
    const ports = [...from.ports]
    for (const [i, actions] of sent.change) ports[i] = numbers.ofPort(left(world, rules, state, numbers.port(ports[i]!), actions))
    const to = { ...from, ports, budget: without(from.budget, 'sends', sent.sends) }
    return { what: sent.what, to, sends: true }
  }

  const overOf = (at: Place): number => over(booksKey(at), () => booksOver(factsOf(world, rules, stateOf(at))))
  const gives = remembered<Curve>()

  /**
   * More is drawn than a node carries while the books say that all is well; or a pass that makes the books themselves go over. Books that
   * are over by an event from outside (a charger that lost everything) are an alarm, not a fault of the protocol.
   */
  function faultOf(from: Place, { to, sends }: Move): Fault | undefined {
    const now = after(to.tick)
    const given = to.ports.map((each, i) => gives(`${i};${each};${to.tick}`, () => reallyGives(numbers.port(each), world.ports[i]!, now)))
    const breach = breachOf(world, given, now)
    if (breach && overOf(to) === 0) return { kind: 'breach', breach }
    if (!sends) return undefined
    const overW = overOf(to)
    return overW > overOf(from) ? { kind: 'books', overW } : undefined
  }

  const begin = firstState(world)
  return {
    first: {
      tick: begin.tick,
      plan: begin.plan,
      nextSession: begin.nextSession,
      budget: numberOf(begin.left),
      ports: begin.ports.map((port) => numbers.ofPort(port)),
    },
    nameOf: ({ tick, plan, nextSession, budget, ports }: Place): string => `${tick},${plan},${nextSession},${budget},${ports.join()}`,
    moves,
    faultOf,
    stateOf,
  }
}
