import { NO_LIMIT_W } from '#lib/planning/depot-input.ts'
import type { Planned } from '#lib/planning/plan-index.ts'
import type { Reason } from '#lib/planning/plan-result.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { StoredPlan } from '#server/store/plan.ts'

type Hold = { name: string; usedW: number; keptW: number; limitW: number; binding: boolean; valueMicroPerKw: number | null }

/**
 * Tells what holds a vehicle until `until` (undefined: in the running slot): every node above its port with the most that is used of it (`keptW`
 * of that is planned for nobody, and kept for chargers that may draw it all the same) and what 1 kW more there would save, then the month's peak
 * where power above it costs. What binds (by the plan's values, or by the reason that it gives) and what is fullest comes first. The loads of
 * the tree are summed once for all vehicles.
 */
export function planHolds({ plan, input }: StoredPlan, names: Map<string, string>, now: Instant) {
  const nodes = new Map(input.nodes.map((node) => [node.id, node]))
  const ports = new Map(input.ports.map((port) => [port.id, port]))
  const above = (start: string | undefined): string[] => {
    const path: string[] = []
    for (let at = start; at !== undefined && !path.includes(at); at = nodes.get(at)?.parent) path.push(at)
    return path
  }
  const nothing = () => new Map(input.nodes.map(({ id }) => [id, new Array<number>(input.slots).fill(0)]))
  const [loads, kept] = [nothing(), nothing()]
  const add = (to: typeof loads, start: string | undefined, powerW: readonly number[]) => {
    for (const id of above(start)) {
      const load = to.get(id)!
      powerW.forEach((w, slot) => {
        load[slot]! += w
      })
    }
  }
  for (const { id, baseLoadW } of input.nodes) if (baseLoadW) add(loads, id, baseLoadW)
  for (const { port, powerW } of plan.allocations) add(loads, ports.get(port)?.node, powerW)
  const givenAt = Map.groupBy(plan.allocations, ({ port }) => port)
  for (const { id, node, reservedW } of input.ports) {
    const given = givenAt.get(id) ?? []
    const more = reservedW.map((w, slot) => Math.max(0, w - given.reduce((sum, { powerW }) => sum + (powerW[slot] ?? 0), 0)))
    add(kept, node, more)
  }
  const binding = Map.groupBy(plan.binding, ({ node }) => node)
  const slotOf = (at: Instant) => Math.min(input.slots - 1, Math.max(0, Math.floor((at - plan.from) / minutes(plan.slotMinutes))))
  const first = slotOf(now)

  return (planned: Planned, portId: string | undefined, until: Instant | undefined): Hold[] => {
    const port = ports.get(planned.port ?? portId ?? '')
    if (!port) return []
    const slots = Array.from({ length: Math.max(1, slotOf(until ?? now) - first) }, (_, i) => first + i)
    const path = above(port.node)
    const named = nodesOf(planned.reason)
    const holds = path.flatMap((id): Hold[] => {
      const [limits, rest] = [nodes.get(id)?.limitW ?? [], kept.get(id) ?? []]
      const load = (loads.get(id) ?? []).map((w, slot) => w + (rest[slot] ?? 0))
      const tightest = most(slots, (slot) => (load[slot] ?? 0) / (limits[slot] || 1))
      const limitW = limits[tightest] ?? 0
      if (limitW >= NO_LIMIT_W) return []
      const full = (binding.get(id) ?? []).filter(({ slot }) => slot >= first)
      const value = full.reduce((sum, { valueMicroPerKw }) => sum + valueMicroPerKw, 0)
      return [
        {
          name: names.get(id) ?? id,
          usedW: load[tightest] ?? 0,
          keptW: rest[tightest] ?? 0,
          limitW,
          binding: named.has(id) || full.some(({ slot }) => slots.includes(slot)),
          valueMicroPerKw: value > 0 ? Math.round(value) : null,
        },
      ]
    })
    return [...holds, ...monthsPeak(input, slots, loads.get(path.at(-1)!) ?? [])].sort(
      (a, b) => Number(b.binding) - Number(a.binding) || b.usedW / (b.limitW || 1) - a.usedW / (a.limitW || 1),
    )
  }
}

const most = (slots: number[], of: (slot: number) => number): number => slots.reduce((best, slot) => (of(slot) > of(best) ? slot : best))

/** The nodes that a reason says are full. */
const nodesOf = (reason: Reason): Set<string> => {
  if (reason.kind === 'charging') return new Set(reason.limitedBy.kind === 'node' ? [reason.limitedBy.node] : [])
  return new Set(reason.kind === 'waits' ? reason.because.flatMap((cause) => ('node' in cause ? [cause.node] : [])) : [])
}

/** Power above the month's peak is paid for once more: the plan goes there only if it must. Binding within 1 kW of it. */
function monthsPeak({ prices }: StoredPlan['input'], slots: number[], load: readonly number[]): Hold[] {
  const charge = prices.demand.find((each) => slots.some((slot) => each.slots[slot]))
  if (!charge) return []
  const peakW = Math.max(charge.peakSoFarW, charge.targetW ?? 0)
  const usedW = Math.max(...slots.filter((slot) => charge.slots[slot]).map((slot) => load[slot] ?? 0))
  return [{ name: 'Month’s peak', usedW, keptW: 0, limitW: peakW, binding: usedW <= peakW && usedW > peakW - 1000, valueMicroPerKw: null }]
}
