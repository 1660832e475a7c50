import type { QueryClient } from '@tanstack/react-query'
import { type BoardView, getBoard, type PortView } from '#lib/api/board.ts'
import { getCharger, getChargers } from '#lib/api/charger.ts'
import { getChargerModels, getCompatibilityChecks } from '#lib/api/compatibility.ts'
import { getChargerRules, getSettings } from '#lib/api/configuration.ts'
import type { MeView } from '#lib/api/depot.ts'
import { getMyVan } from '#lib/api/driver.ts'
import { getDuties } from '#lib/api/duty.ts'
import { getChargerFiles } from '#lib/api/file.ts'
import { getFirmware } from '#lib/api/firmware.ts'
import { getFleet } from '#lib/api/fleet.ts'
import { getKpiRecords, getKpis } from '#lib/api/kpi.ts'
import { getOverview, type OverviewView } from '#lib/api/overview.ts'
import { getPeak } from '#lib/api/peak.ts'
import { getPlan } from '#lib/api/plan.ts'
import { getReservations } from '#lib/api/reservation.ts'
import { getChargerSecurity, getSecurity } from '#lib/api/security.ts'
import { getSession, getSessions } from '#lib/api/session.ts'
import { getSite } from '#lib/api/site.ts'
import { getTariff } from '#lib/api/tariff.ts'
import { getTokens } from '#lib/api/token.ts'
import { listActions, listCalls, listMessages } from '#lib/api/v1-charger.ts'
import type { LiveEvent } from '#lib/live/event.ts'

type Changed = Extract<LiveEvent, { kind: 'changed' }>['what']

/** Who signed in, with the count of alerts: not of one path. */
const ME = 'me'
/** What is asked again when something changed. Queries are keyed by their contract's path first. */
const ASK_AGAIN: Record<Changed, string[]> = {
  plan: [getPlan.path, getOverview.path, getMyVan.path, getFleet.path, getSite.path],
  sessions: [getSessions.path, getSession.path, getOverview.path, getMyVan.path],
  chargers: [
    getCompatibilityChecks.path,
    getChargerModels.path,
    getChargers.path,
    getCharger.path,
    getChargerFiles.path,
    getFirmware.path,
    getChargerRules.path,
    getSettings.path,
    getReservations.path,
    getChargerSecurity.path,
    getSecurity.path,
    listMessages.path,
    listCalls.path,
    listActions.path,
    getBoard.path,
    getOverview.path,
    getSite.path,
  ],
  kpis: [getKpis.path, getKpiRecords.path, getOverview.path],
  alerts: [getOverview.path, getSite.path, ME],
  tariff: [getTariff.path, getPeak.path, getPlan.path, getOverview.path],
  vehicles: [getOverview.path, getPlan.path, getMyVan.path, getFleet.path, getDuties.path, getTokens.path],
}

/**
 * Puts what happened into the cache: a port or the supply at once; of the rest it tells which queries to ask again
 * (first parts of their keys), so that the caller may gather them.
 */
export function applyEvent(client: QueryClient, event: LiveEvent): string[] {
  switch (event.kind) {
    case 'port':
      return applyPort(client, event.depotId, event.port)
    case 'supply':
      client.setQueryData<BoardView>([getBoard.path, event.depotId], (board) => board && { ...board, supply: event.supply })
      client.setQueryData<OverviewView>([getOverview.path, event.depotId], (view) => view && { ...view, supply: event.supply })
      return []
    case 'clock':
      client.setQueriesData<MeView>({ queryKey: [ME] }, (me) => me && { ...me, clock: event.clock })
      return []
    case 'changed':
      return ASK_AGAIN[event.what]
  }
}

function applyPort(client: QueryClient, depotId: string, port: PortView): string[] {
  const key = [getBoard.path, depotId]
  const before = client.getQueryData<BoardView>(key)?.ports.find(({ id }) => id === port.id)
  if (before)
    client.setQueryData<BoardView>(
      key,
      (board) => board && { ...board, ports: board.ports.map((each) => (each.id === port.id ? port : each)) },
    )
  const van = [getCharger.path, getMyVan.path]
  // a known port that looks the same to a person is no news for the lists of what is broken
  if (before && before.mark === port.mark && before.word === port.word) return van
  return [...van, getOverview.path, getChargers.path, ME, ...(before ? [] : [getBoard.path])]
}
