import { curveFromSteps, type DepotFacts, envelopeOf, stepsOf } from '../depot-facts.ts'
import { checkEnvelope } from '../envelope.ts'
import { HELD_FOR_SAFETY } from '../held.ts'
import type { SteerAction } from '../steer.ts'
import { factsOf } from './facts.ts'
import { inBooks, inTruth, kept, rowOf } from './port-moves.ts'
import type { Rules } from './rules.ts'
import { type Frame, nowOf, type Port, type State } from './state.ts'
import { actionWords } from './words.ts'
import type { World } from './world.ts'

/** What a pass sends, and the ports after it was written down and left. Undefined: nothing. */
export type Passed = { what: string; sends: number; change: Map<number, SteerAction[]> }

/** A pass: facts → what leaves, as server/planning/reconcile.ts does it. */
export function pass(world: World, rules: Rules, state: State): Passed | undefined {
  const { actions } = rules.steer(factsOf(world, rules, state))
  if (actions.length === 0) return undefined
  return {
    what: `a pass sends ${actions.map(actionWords).join(' and ')}`,
    sends: actions.filter(({ kind }) => kind === 'limit' || kind === 'fallback').length,
    change: Map.groupBy(actions, ({ portId }) => Number(portId.slice(1))),
  }
}

/** By how much the books themselves are over, W: 0 unless something happened that no protocol can foresee. */
export const booksOver = (facts: DepotFacts): number => {
  const check = checkEnvelope(envelopeOf(facts))
  return check.kind === 'over' ? check.overW : 0
}

/** The port when these have been written down and are on the wire. Before and after they left a crash looks the same: a frame may be lost. */
export function left(world: World, rules: Rules, state: State, port: Port, actions: SteerAction[]): Port {
  const now = nowOf(state)
  let next = port
  for (const action of actions) {
    const frame = frameOf(action, next)
    next = inTruth(next, { frames: [...next.truth.frames, frame] })
    next = inBooks(next, { calls: [...next.books.calls, { frame, sentAt: now }] })
    if (frame.kind === 'hold') next = inBooks(next, { heldReason: HELD_FOR_SAFETY })
    else if (frame.kind === 'release') next = inBooks(next, { heldReason: null, inoperative: false })
    else {
      const rows = rules.writtenAhead ? [...next.books.rows, rowOf(frame, now)] : next.books.rows
      next = { ...inBooks(next, { rows }), nextRow: next.nextRow + 1 }
    }
  }
  return kept({ world, rules, tick: state.tick }, next)

  function frameOf(action: SteerAction, { nextRow }: Port): Frame {
    if (action.kind === 'fallback') return { kind: 'fallback', row: nextRow, limitW: action.limitW }
    if (action.kind !== 'limit') return { kind: action.kind }
    return { kind: 'limit', row: nextRow, sessionId: action.sessionId, curve: curveFromSteps(stepsOf(action.curve, now)) }
  }
}
