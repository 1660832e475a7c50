import type { PortView } from '#lib/api/board.ts'
import type { AlertView } from '#lib/api/overview.ts'
import { days, plus } from '#lib/time/instant.ts'
import { chargerRows } from '#server/store/charger-view.ts'
import { type FleetRow, fleetRows, knockingRows, reviewRows } from '#server/store/fleet-view.ts'
import { type DepotRow, depotPortRows, type PortViewRow } from '#server/store/view.ts'
import { alertsOf } from './alerts.ts'
import { compatibilityAlerts } from './alerts-compatibility.ts'
import { firmwareAlerts } from './alerts-firmware.ts'
import { planAlerts } from './alerts-plan.ts'
import { securityAlerts } from './alerts-security.ts'
import { setupAlerts } from './alerts-setup.ts'
import { type Departing, departing } from './departures.ts'
import { overCapAlerts } from './over-cap.ts'
import { type PortSurroundings, portView } from './port-view.ts'
import { stopsOf } from './stops.ts'
import { type Seeing, surroundings } from './views.ts'

/** A depot as it stands: what several views begin with. */
export type Standing = {
  rows: PortViewRow[]
  around: PortSurroundings
  ports: PortView[]
  fleet: FleetRow[]
  leaving: Departing[]
  alerts: AlertView[]
}

/** Ports, departures and what is broken in a depot, from a handful of queries. */
export async function standing(ctx: Seeing, depot: DepotRow): Promise<Standing> {
  const now = ctx.clock.now()
  const [rows, around, fleet, chargers, knocking, reviews, security, firmware, planning, overCap, setup] = await Promise.all([
    depotPortRows(ctx.db, depot.id, now),
    surroundings(ctx, depot),
    fleetRows(ctx.db, depot.id, now),
    chargerRows(ctx.db, depot.id),
    knockingRows(ctx.db, depot.id),
    reviewRows(ctx.db, depot.id, plus(now, -days(1))),
    securityAlerts(ctx, depot.id, depot.zone),
    firmwareAlerts(ctx, depot.id),
    planAlerts(ctx, depot.id, depot.zone),
    overCapAlerts(ctx, depot.id),
    setupAlerts(ctx, depot.id),
  ])
  const ports = rows.map((row) => portView(row, around, now))
  const leaving = departing(fleet, ports, around, now)
  const problems = chargers.flatMap(({ id, name, problem, bootedAt, createdAt }) =>
    problem ? [{ chargerId: id, name, problem, since: bootedAt ?? createdAt }] : [],
  )
  // a charger of ours at the door is told once, as what it is
  const turnedAway = knocking.filter(({ identity }) => !security.told.has(identity))
  const alerts = alertsOf({
    ports,
    departing: leaving,
    problems,
    knocking: turnedAway,
    reviews,
    security: [
      ...stopsOf(around, now),
      ...security.alerts,
      ...planning,
      ...firmware,
      ...setup,
      ...(await compatibilityAlerts(ctx, chargers)),
    ],
    now,
    zone: depot.zone,
  })
  // before everything else: a fuse does not wait
  return { rows, around, ports, fleet, leaving, alerts: [...overCap, ...alerts] }
}
