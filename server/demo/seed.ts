import { parseTariffFile } from '#lib/energy/tariff-file.ts'
import { days, type Interval, plus } from '#lib/time/instant.ts'
import { createUser } from '#server/auth/create-user.ts'
import type { Ctx } from '#server/runtime.ts'
import { depotExists, writeAhead, writeDepot, writeTariff } from '#server/store/depot.ts'
import { warehouseLoad } from './base-load.ts'
import { chargers, demoDepotId, demoDuties, demoZone, drivers, siteNodes, tokens, vans } from './depot.ts'
import { dutyRow } from './duty-row.ts'
import tariff from './fixtures/tariff-sce-tou-ev-8.json' with { type: 'json' }
import { demoPassword, signIns } from './sign-ins.ts'

type Given = Pick<Ctx, 'db' | 'clock'>

/** How far duties and the building's load are known ahead; at ten times real time, two weeks of demo. */
const aheadDays = 140
/** The day of the first start belongs to it; the days before come with the history. */
const behindDays = 1

/** Writes the demo depot once. Returns whether it was written now. */
export async function seedDemo(ctx: Given): Promise<boolean> {
  if (await depotExists(ctx.db, demoDepotId)) return false
  const now = ctx.clock.now()
  await writeDepot(
    ctx.db,
    {
      depot: {
        id: demoDepotId,
        name: 'Depot North',
        zone: demoZone,
        currency: 'USD',
        policy: 'cheapest',
        demo: true,
        createdAt: new Date(now),
      },
      nodes: siteNodes(),
      chargers: [...chargers],
      vehicles: vans,
      drivers,
      tokens: [...tokens],
    },
    now,
  )
  await writeTariff(ctx.db, demoTariff(plus(now, -days(400))))
  for (const user of signIns) await createUser(ctx, { ...user, password: demoPassword, depotIds: [demoDepotId] })
  return true
}

/** Duties and the building's load, from the day before now to months ahead; what stands stays. */
export async function extendDemo(ctx: Given): Promise<void> {
  const now = ctx.clock.now()
  const span: Interval = { from: plus(now, -days(behindDays)), until: plus(now, days(aheadDays)) }
  await writeAhead(ctx.db, {
    duties: demoDuties(span).map((duty) => dutyRow(duty, now)),
    baseLoad: warehouseLoad({ ...span, from: plus(now, -days(8)) }, demoZone).map((row) => ({
      ...row,
      nodeId: 'service',
      startsAt: new Date(row.startsAt),
    })),
  })
}

function demoTariff(validFrom: number) {
  const parsed = parseTariffFile(tariff)
  if (parsed.kind === 'wrong') throw new Error(`the demo's tariff does not parse: ${parsed.problems.join(' ')}`)
  return {
    id: 'sce-tou-ev-8',
    depotId: demoDepotId,
    name: tariff.name,
    currency: 'USD',
    source: 'Southern California Edison, TOU-EV-8, June 2019',
    validFrom: new Date(validFrom),
    windows: parsed.file.windows,
  }
}
