import type { AlertView } from '#lib/api/overview.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import type { ChargerViewRow } from '#server/store/charger-view.ts'
import { knownModels } from '#server/store/compatibility.ts'
import type { Seeing } from './views.ts'

/** Chargers that were seen to accept limits and not to follow them: somebody must know that their full power is reserved. */
export async function compatibilityAlerts(ctx: Seeing, chargers: readonly ChargerViewRow[]): Promise<AlertView[]> {
  const ignoring = chargers.filter(({ quirks }) => !readQuirks(quirks).followsLimits)
  if (ignoring.length === 0) return []
  const models = await knownModels(ctx.db.prisma)
  return ignoring.map(({ id, name, vendor, model, createdAt }) => ({
    key: `compatibility:${id}`,
    mark: 'critical',
    what: `${name} accepts limits and does not follow them`,
    why: 'A compatibility check saw it. Its full power is reserved; where the site has no room for that, it is out of use.',
    since: models.find((each) => each.vendor === vendor && each.model === model)?.checkedAt?.getTime() ?? createdAt,
    href: `/chargers/${encodeURIComponent(id)}?view=compatibility`,
  }))
}
