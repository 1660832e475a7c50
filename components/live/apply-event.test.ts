import { QueryClient } from '@tanstack/react-query'
import { describe, expect, test } from 'vitest'
import { type BoardView, getBoard, type PortView } from '#lib/api/board.ts'
import { getOverview } from '#lib/api/overview.ts'
import { getPlan } from '#lib/api/plan.ts'
import { applyEvent } from './apply-event.ts'

const port = (id: string, changed: Partial<PortView> = {}): PortView => ({
  id,
  chargerId: 'c',
  chargerName: 'C',
  number: 1,
  bay: id,
  mark: 'normal',
  word: 'Charging',
  needsAction: false,
  online: true,
  seenAt: 0,
  why: '',
  powerW: 1000,
  powerAt: 0,
  maxW: 19_200,
  limit: { wantedW: 0, sentW: 0, acceptedW: 0, seen: false },
  vehicle: null,
  session: null,
  reservation: null,
  planned: [],
  act: null,
  ...changed,
})
const supply: BoardView['supply'] = {
  capW: 80_000,
  baseW: 10_000,
  baseIsForecast: false,
  vehiclesW: 0,
  charging: 0,
  heldW: 0,
  heldFor: null,
  freeW: 70_000,
  peakW: null,
  peakAt: null,
  price: null,
  stoppedAt: null,
}
const board: BoardView = {
  depot: { id: 'north', name: 'North', zone: 'UTC', currency: 'EUR' },
  clock: { now: 0, speed: 1, zone: 'UTC', demo: false },
  supply,
  ports: [port('01'), port('02')],
}

describe('what the live feed does to the cache', () => {
  const cache = () => {
    const client = new QueryClient()
    client.setQueryData([getBoard.path, 'north'], board)
    return { client, shown: () => client.getQueryData<BoardView>([getBoard.path, 'north'])! }
  }

  test('a port replaces itself on the board, and only itself', () => {
    const { client, shown } = cache()
    applyEvent(client, { kind: 'port', depotId: 'north', port: port('02', { powerW: 7000 }) })
    expect(shown().ports.map(({ powerW }) => powerW)).toEqual([1000, 7000])
    expect(shown().ports[0]).toBe(board.ports[0])
  })

  test('more power is no news for the overview; a fault is', () => {
    const { client } = cache()
    expect(applyEvent(client, { kind: 'port', depotId: 'north', port: port('02', { powerW: 7000 }) })).not.toContain(getOverview.path)
    const fault = port('02', { mark: 'critical', word: 'Fault' })
    expect(applyEvent(client, { kind: 'port', depotId: 'north', port: fault })).toContain(getOverview.path)
  })

  test('a port that the board does not know asks for the board again', () => {
    const { client, shown } = cache()
    expect(applyEvent(client, { kind: 'port', depotId: 'north', port: port('03') })).toContain(getBoard.path)
    expect(shown().ports).toHaveLength(2)
  })

  test('the supply is set, and nothing is made up for a depot that is not in the cache', () => {
    const { client, shown } = cache()
    applyEvent(client, { kind: 'supply', depotId: 'north', supply: { ...supply, vehiclesW: 19_200 } })
    applyEvent(client, { kind: 'supply', depotId: 'south', supply })
    expect(shown().supply.vehiclesW).toBe(19_200)
    expect(client.getQueryData([getBoard.path, 'south'])).toBeUndefined()
  })

  test('a new plan asks for the plan again', () => {
    expect(applyEvent(cache().client, { kind: 'changed', depotId: 'north', what: 'plan' })).toContain(getPlan.path)
  })
})
