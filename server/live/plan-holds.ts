import { NO_LIMIT_W } from '#lib/planning/depot-input.ts'
import type { Planned } from '#lib/planning/plan-index.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { StoredPlan } from '#server/store/plan.ts'

type Hold = { name: string; usedW: number; limitW: number; binding: boolean; valueMicroPerKw: number | null }

/**
 * Tells what holds a vehicle until `until` (undefined: in the running slot): every node above its port with the most that is used of it and
 * what 1 kW more there would save, then the month's peak where power above it costs; what binds and what is fullest first. The loads of the
 * tree are summed once for all vehicles.
 */
export function planHolds({ plan, input }: StoredPlan, names: Map<string, string>, now: Instant) {
  const nodes = new Map(input.nodes.map((node) => [node.id, node]))
  const ports = new Map(input.ports.map((port) => [port.id, port]))
  const above = (start: string | undefined): string[] => {
    const path: string[] = []
    for (let at = start; at !== undefined && !path.includes(at); at = nodes.get(at)?.parent) path.push(at)
    return path
  }
  const loads = new Map(input.nodes.map(({ id }) => [id, new Array<number>(input.slots).fill(0)]))
  const add = (start: string | undefined, powerW: readonly number[]) => {
    for (const id of above(start)) {
      const load = loads.get(id)!
      powerW.forEach((w, slot) => {
        load[slot]! += w
      })
    }
  }
  for (const { id, baseLoadW } of input.nodes) if (baseLoadW) add(id, baseLoadW)
  for (const { port, powerW } of plan.allocations) add(ports.get(port)?.node, powerW)
  const binding = Map.groupBy(plan.binding, ({ node }) => node)
  const slotOf = (at: Instant) => Math.min(input.slots - 1, Math.max(0, Math.floor((at - plan.from) / minutes(plan.slotMinutes))))
  const first = slotOf(now)

  return (planned: Planned, portId: string | undefined, until: Instant | undefined): Hold[] => {
    const port = ports.get(planned.port ?? portId ?? '')
    if (!port) return []
    const slots = Array.from({ length: Math.max(1, slotOf(until ?? now) - first) }, (_, i) => first + i)
    const path = above(port.node)
    const holds = path.flatMap((id): Hold[] => {
      const [limits, load] = [nodes.get(id)?.limitW ?? [], loads.get(id) ?? []]
      const tightest = most(slots, (slot) => (load[slot] ?? 0) / (limits[slot] || 1))
      const limitW = limits[tightest] ?? 0
      if (limitW >= NO_LIMIT_W) return []
      const full = (binding.get(id) ?? []).filter(({ slot }) => slot >= first)
      const value = full.reduce((sum, { valueMicroPerKw }) => sum + valueMicroPerKw, 0)
      return [
        {
          name: names.get(id) ?? id,
          usedW: load[tightest] ?? 0,
          limitW,
          binding: full.some(({ slot }) => slots.includes(slot)),
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

/** Power above the month's peak is paid for once more: the plan goes there only if it must. Binding within 1 kW of it. */
function monthsPeak({ prices }: StoredPlan['input'], slots: number[], load: readonly number[]): Hold[] {
  const charge = prices.demand.find((each) => slots.some((slot) => each.slots[slot]))
  if (!charge) return []
  const peakW = Math.max(charge.peakSoFarW, charge.targetW ?? 0)
  const usedW = Math.max(...slots.filter((slot) => charge.slots[slot]).map((slot) => load[slot] ?? 0))
  return [{ name: 'Month’s peak', usedW, limitW: peakW, binding: usedW <= peakW && usedW > peakW - 1000, valueMicroPerKw: null }]
}
