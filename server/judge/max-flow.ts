import { baseBelow, mostW, type Node, pathUp, plannable, type Question, slotMsOf, usableHours } from './question.ts'

// A maximum flow from vehicles to slots through the tree of limits, by Dinic's blocking flows. It knows power limits only (no currents, no
// minimum, no steps), so what it delivers is never less than what any plan can.

type Arc = { to: number; room: number }

/** A flow network that grows by `arc`; `flow` is the maximum from `source` to `sink`. */
const network = () => {
  const arcs: Arc[] = []
  const from: number[][] = []
  const node = () => from.push([]) - 1
  const arc = (a: number, b: number, room: number): number => {
    from[a]!.push(arcs.push({ to: b, room }) - 1)
    from[b]!.push(arcs.push({ to: a, room: 0 }) - 1)
    return arcs.length - 2
  }
  const flow = (source: number, sink: number): number => {
    let total = 0
    for (;;) {
      const level = levels(source)
      if (level[sink] === -1) return total
      const next = new Int32Array(from.length)
      for (let pushed = push(source, sink, Number.POSITIVE_INFINITY, level, next); pushed > 0; ) {
        total += pushed
        pushed = push(source, sink, Number.POSITIVE_INFINITY, level, next)
      }
    }
  }
  const levels = (source: number): Int32Array => {
    const level = new Int32Array(from.length).fill(-1)
    level[source] = 0
    const queue = [source]
    for (let i = 0; i < queue.length; i++)
      for (const k of from[queue[i]!]!) {
        const { to, room } = arcs[k]!
        if (room > 0 && level[to] === -1) {
          level[to] = level[queue[i]!]! + 1
          queue.push(to)
        }
      }
    return level
  }
  const push = (at: number, sink: number, most: number, level: Int32Array, next: Int32Array): number => {
    if (at === sink) return most
    for (const list = from[at]!; next[at]! < list.length; next[at]!++) {
      const k = list[next[at]!]!
      const { to, room } = arcs[k]!
      if (room <= 0 || level[to] !== level[at]! + 1) continue
      const pushed = push(to, sink, Math.min(most, room), level, next)
      if (pushed > 0) {
        arcs[k]!.room -= pushed
        arcs[k ^ 1]!.room += pushed
        return pushed
      }
    }
    return 0
  }
  return { node, arc, flow, arcs }
}

/** The most energy that all needs together can get at their ports, Wh, when the roots may draw `siteW` at most (base load with it). */
export const mostDeliverableWh = (q: Question, siteW = Number.POSITIVE_INFINITY): number => {
  const { node, arc, flow } = network()
  const [source, sink] = [node(), node()]
  const slotHours = slotMsOf(q) / 3_600_000
  const seats = plannable(q)
  const needs = seats.map(() => node())
  seats.forEach(({ need }, v) => {
    arc(source, needs[v]!, milli(need.energyWh / need.efficiency))
  })
  const hours = seats.map(({ need }) => usableHours(q, need))
  const most = seats.map(({ need, port }) => mostW(port, q.nodes.find(({ id }) => id === port.node)!, need))
  const ports = [
    ...Map.groupBy(
      seats.map(({ port }, v) => ({ port, v })),
      ({ port }) => port,
    ),
  ]
  const room = new Map(q.nodes.map((each) => [each.id, roomOf(q, each, siteW)]))
  for (let t = 0; t < q.slots; t++) {
    const placed = new Map<string, number>()
    const place = (id: string): number => {
      const known = placed.get(id)
      if (known !== undefined) return known
      const here = node()
      placed.set(id, here)
      const { parent } = q.nodes.find((each) => each.id === id)!
      arc(here, parent === undefined ? sink : place(parent), milli(Math.max(0, room.get(id)![t]!) * slotHours))
      return here
    }
    for (const [port, at] of ports) {
      const here = at.flatMap(({ v }) => (hours[v]![t]! > 0 ? [v] : []))
      // already over without any plan: nothing is given there
      if (here.length === 0 || pathUp(q, port.node).some(({ id }) => room.get(id)![t]! < 0)) continue
      if (here.length === 1 && !port.reservedW[t]) {
        const [v] = here as [number]
        arc(needs[v]!, place(port.node), milli(most[v]! * hours[v]![t]!))
        continue
      }
      const outlet = node()
      // what is reserved for the port is its own already
      arc(outlet, sink, milli((port.reservedW[t] ?? 0) * slotHours))
      arc(outlet, place(port.node), milli(port.maxW * slotHours))
      for (const v of here) arc(needs[v]!, outlet, milli(most[v]! * hours[v]![t]!))
    }
  }
  return flow(source, sink) / 1000
}

/** What base load and reserves leave of a node's limit in each slot. */
const roomOf = (q: Question, node: Node, siteW: number): number[] => {
  const reserved = q.ports.filter((port) => port.reservedW.length > 0 && pathUp(q, port.node).includes(node))
  return baseBelow(q, node.id).map((base, t) => {
    const limitW = node.parent === undefined ? Math.min(node.limitW[t]!, siteW) : node.limitW[t]!
    return limitW - base - reserved.reduce((sum, port) => sum + (port.reservedW[t] ?? 0), 0)
  })
}

/** The least power of the whole site (base load with it) that serves all needs, to `withinW`; undefined when even the limits do not. */
export const leastPeakW = (q: Question, withinW = 50): number | undefined => {
  const wanted = plannable(q).reduce((sum, { need }) => sum + need.energyWh / need.efficiency, 0)
  const serves = (siteW: number) => mostDeliverableWh(q, siteW) >= wanted - 1
  if (!serves(Number.POSITIVE_INFINITY)) return undefined
  let [low, high] = [0, Math.max(...q.nodes.filter(({ parent }) => parent === undefined).flatMap(({ limitW }) => limitW))]
  while (high - low > withinW) {
    const middle = (low + high) / 2
    if (serves(middle)) high = middle
    else low = middle
  }
  return high
}

// whole mWh: a flow of fractions may never end
const milli = (wh: number): number => (Number.isFinite(wh) ? Math.round(wh * 1000) : wh)
