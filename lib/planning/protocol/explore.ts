import { type Fault, type Move, makeGame, type Place } from './game.ts'
import { RULES, type Rules } from './rules.ts'
import type { World } from './world.ts'

/** `story`: the shortest way to the fault, one thing after the other. */
export type Found = { fault: Fault; story: string[] }
/** `states`: how many different ones there are; `moves`: how many ways from one to another; `whole`: nothing was left out. */
export type Explored = { states: number; moves: number; sends: number; depth: number; whole: boolean; found: Found | undefined }
type How = { rules?: Rules; most?: number }

/** Every state that a world can come to, nearest first, until one is found in which a limit is passed. */
export function explore(world: World, { rules = RULES, most = Number.POSITIVE_INFINITY }: How = {}): Explored {
  const game = makeGame(world, rules)
  const seen = new Set([game.nameOf(game.first)])
  const from: number[] = [-1]
  const what: string[] = ['']
  const done: Explored = { states: 1, moves: 0, sends: 0, depth: 0, whole: true, found: undefined }
  const story = (index: number): string[] => (index <= 0 ? [] : [...story(from[index]!), what[index]!])
  let frontier: { place: Place; index: number }[] = [{ place: game.first, index: 0 }]
  while (frontier.length > 0) {
    const next: typeof frontier = []
    for (const { place, index } of frontier) {
      for (const move of game.moves(place)) {
        done.moves++
        const name = game.nameOf(move.to)
        if (seen.has(name)) continue
        if (seen.size >= most) return { ...done, states: seen.size, whole: false }
        seen.add(name)
        from.push(index)
        what.push(move.what)
        if (move.sends) done.sends++
        const fault = game.faultOf(place, move)
        if (fault) return { ...done, states: seen.size, depth: done.depth + 1, found: { fault, story: story(from.length - 1) } }
        next.push({ place: move.to, index: from.length - 1 })
      }
    }
    frontier = next
    if (next.length > 0) done.depth++
  }
  return { ...done, states: seen.size }
}

/** Random ways through a world, each to its end. */
export function walks(world: World, random: () => number, { rules = RULES, times = 1, steps = 400 } = {}): Explored {
  const game = makeGame(world, rules)
  const seen = new Set<string>()
  const done: Explored = { states: 0, moves: 0, sends: 0, depth: 0, whole: false, found: undefined }
  for (let time = 0; time < times; time++) {
    let place = game.first
    const story: string[] = []
    while (story.length < steps) {
      const all = [...game.moves(place)]
      if (all.length === 0) break
      const move = chosen(all, random)
      story.push(move.what)
      seen.add(game.nameOf(move.to))
      done.moves++
      done.depth = Math.max(done.depth, story.length)
      if (move.sends) done.sends++
      const fault = game.faultOf(place, move)
      if (fault) return { ...done, states: seen.size, found: { fault, story } }
      place = move.to
    }
  }
  return { ...done, states: seen.size }
}

// without a preference a walk would do little else than lose messages
const chosen = (all: Move[], random: () => number): Move => {
  const passes = all.filter(({ sends }) => sends)
  const from = passes.length > 0 && random() < 0.3 ? passes : all
  return from[Math.floor(random() * from.length)]!
}
