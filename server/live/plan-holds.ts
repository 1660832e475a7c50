import type { Planned } from '#lib/planning/plan-index.ts'
import { type Instant, minutes } from '#lib/time/instant.ts'
import type { StoredPlan } from '#server/store/view.ts'

type Hold = { name: string; usedW: number; limitW: number; binding: boolean }
/** A node without a limit of its own is planned with a number that no depot reaches. */
const NO_LIMIT_W = 100_000_000

/** What holds a vehicle in the running slot: every node above its port with what is used of it, the fullest first. */
export function planHolds(
  { plan, input }: StoredPlan,
  planned: Planned,
  portId: string | undefined,
  names: Map<string, string>,
  now: Instant,
): Hold[] {
  const port = input.ports.find(({ id }) => id === (planned.port ?? portId))
  if (!port) return []
  const slot = Math.max(0, Math.floor((now - plan.from) / minutes(plan.slotMinutes)))
  const nodes = new Map(input.nodes.map((node) => [node.id, node]))
  const path: string[] = []
  for (let at: string | undefined = port.node; at !== undefined && !path.includes(at); at = nodes.get(at)?.parent) path.push(at)
  const under = (nodeId: string, start: string): boolean => {
    for (let at: string | undefined = start; at !== undefined; at = nodes.get(at)?.parent) if (at === nodeId) return true
    return false
  }
  const nodeOf = new Map(input.ports.map(({ id, node }) => [id, node]))
  return path
    .flatMap((id): Hold[] => {
      const limitW = nodes.get(id)?.limitW[slot] ?? 0
      if (limitW >= NO_LIMIT_W) return []
      const vehiclesW = plan.allocations.reduce((sum, { port: at, powerW }) => {
        const node = nodeOf.get(at)
        return node !== undefined && under(id, node) ? sum + (powerW[slot] ?? 0) : sum
      }, 0)
      const baseW = input.nodes.reduce((sum, node) => (under(id, node.id) ? sum + (node.baseLoadW?.[slot] ?? 0) : sum), 0)
      const binding = plan.binding.some((each) => each.node === id && each.slot === slot)
      return [{ name: names.get(id) ?? id, usedW: vehiclesW + baseW, limitW, binding }]
    })
    .sort((a, b) => Number(b.binding) - Number(a.binding) || b.usedW / (b.limitW || 1) - a.usedW / (a.limitW || 1))
}
