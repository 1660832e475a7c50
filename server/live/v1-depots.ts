import type { z } from 'zod'
import type { listDepots } from '#lib/api/v1-site.ts'
import { firmLimitW, ratingOf } from '#lib/planning/firm-limit.ts'
import type { Who } from '#server/auth/who.ts'
import type { Runtime } from '#server/runtime.ts'
import { depotTrees } from '#server/store/site-tree.ts'

/** What another system must know of a site before it adds a charger or lowers a limit. */
export async function v1Depots({ ctx, who }: { ctx: Runtime; who: Who }): Promise<z.input<(typeof listDepots)['output']>> {
  const rows = await depotTrees(ctx.db.prisma, who.kind === 'nobody' ? [] : who.depots)
  return {
    items: rows.map(({ id, name, zone, currency, nodes }) => ({
      ...{ id, name, zone, currency },
      nodes: nodes.map((node) => ({
        ...{ id: node.id, name: node.name, kind: node.kind, parentId: node.parentId },
        limitW: firmLimitW(ratingOf(node)) ?? null,
      })),
    })),
  }
}
