import type { KpiTile } from '#lib/api/kpi.ts'
import type { OverviewView } from '#lib/api/overview.ts'
import { hours, plus } from '#lib/time/instant.ts'
import { costSummary } from '#server/billing/cost-summary.ts'
import type { Ctx } from '#server/runtime.ts'
import { historyProgress, telematicsHeardAt } from '#server/store/fleet-view.ts'
import { latestPlan } from '#server/store/plan.ts'
import { serviceNode } from '#server/store/site-power.ts'
import { standing } from './alerts-now.ts'
import type { Departing } from './departures.ts'
import { depotClock } from './depot-clock.ts'
import { siteSeries } from './site-series.ts'
import { depotRef, supplyOf, theDepot } from './views.ts'

const BEFORE_MS = hours(3)
const AHEAD_MS = hours(12)

/** The five questions: on time, under the cap, broken, cost, key figures. @throws Problem `not-found` */
export async function overviewView(ctx: Pick<Ctx, 'db' | 'clock'>, depotId: string, kpis: () => Promise<KpiTile[]>): Promise<OverviewView> {
  const now = ctx.clock.now()
  const depot = await theDepot(ctx, depotId)
  const [stands, latest, node, heardAt, cost, tiles, history] = await Promise.all([
    standing(ctx, depot),
    latestPlan(ctx.db.prisma, depotId),
    serviceNode(ctx.db, depotId),
    telematicsHeardAt(ctx.db, depotId),
    costSummary(ctx, depotId),
    kpis(),
    historyProgress(ctx.db, depotId),
  ])
  const { rows, ports, leaving, alerts } = stands
  const [supply, power] = await Promise.all([
    supplyOf(ctx, depot, rows),
    siteSeries(ctx, depotId, { from: plus(now, -BEFORE_MS), until: plus(now, AHEAD_MS), node, stored: latest }),
  ])
  return {
    depot: depotRef(depot),
    clock: depotClock(ctx, depot),
    departures: leaving.map(({ vehicle, departsAt, ready }) => ({
      vehicleId: vehicle.id,
      name: vehicle.name,
      departsAt,
      mark: ready.mark,
      verdict: ready.verdict,
    })),
    risks: leaving.filter(({ ready }) => ready.verdict === 'late' || ready.verdict === 'atRisk').map(riskOf),
    supply,
    power,
    alerts,
    ports: { fine: ports.filter(({ needsAction }) => !needsAction).length, all: ports.length },
    telematicsAgeS: heardAt && Math.max(0, Math.round((now - heardAt.getTime()) / 1000)),
    cost,
    kpis: tiles,
    history,
  }
}

const riskOf = ({ vehicle, departsAt, port, ready }: Departing): OverviewView['risks'][number] => ({
  vehicleId: vehicle.id,
  name: vehicle.name,
  mark: ready.mark,
  departsAt,
  cause: ready.cause ?? '',
  atDeparture: ready.atDeparture ?? '',
  actBefore: ready.actBefore,
  portId: port?.id ?? null,
  chargerId: port?.chargerId ?? null,
  act: ready.act,
})
