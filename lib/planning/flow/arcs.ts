// A flow network of any form, arc by arc, by Dinic's blocking flows (source: Dinic 1970). Where the tree's own flow is enough that one is quicker.

export type Arcs = {
  node(): number
  /** Answers the arc, by which `flowOf` tells what passes it. */
  arc(from: number, to: number, room: number): number
  widen(arc: number, more: number): void
  /** Sends as much more as goes from `source` to `sink`; goes on from what flows already. */
  send(source: number, sink: number): number
  flowOf(arc: number): number
}

/** Less than this is no flow, W·ms. */
const LEAST = 1

export const makeArcs = (): Arcs => {
  const to: number[] = []
  const room: number[] = []
  const out: number[][] = []
  let level = new Int32Array(0)
  let next = new Int32Array(0)

  const measure = (source: number): void => {
    level = new Int32Array(out.length).fill(-1)
    next = new Int32Array(out.length)
    level[source] = 0
    const queue = [source]
    for (let i = 0; i < queue.length; i += 1)
      for (const arc of out[queue[i]!]!) {
        if (room[arc]! < LEAST || level[to[arc]!] !== -1) continue
        level[to[arc]!] = level[queue[i]!]! + 1
        queue.push(to[arc]!)
      }
  }

  const push = (at: number, sink: number, most: number): number => {
    if (at === sink) return most
    const arcs = out[at]!
    let sent = 0
    for (; next[at]! < arcs.length; next[at]! += 1) {
      const arc = arcs[next[at]!]!
      if (room[arc]! < LEAST || level[to[arc]!] !== level[at]! + 1) continue
      const got = push(to[arc]!, sink, Math.min(most - sent, room[arc]!))
      room[arc]! -= got
      room[arc ^ 1]! += got
      sent += got
      if (most - sent < LEAST) break
    }
    return sent
  }

  return {
    node: () => out.push([]) - 1,
    arc(from, at, most) {
      const arc = to.push(at, from) - 2
      room.push(most, 0)
      out[from]!.push(arc)
      out[at]!.push(arc + 1)
      return arc
    },
    widen(arc, more) {
      room[arc]! += more
    },
    send(source, sink) {
      let all = 0
      for (;;) {
        measure(source)
        if (level[sink] === -1) return all
        all += push(source, sink, Number.MAX_VALUE)
      }
    },
    flowOf: (arc) => room[arc + 1]!,
  }
}
