import caltech from './data/caltech-2019-03.json' with { type: 'json' }
import depot from './data/depot-days.json' with { type: 'json' }
import tariffs from './data/tariff-days.json' with { type: 'json' }
import warehouse from './data/warehouse-days.json' with { type: 'json' }

/** Midnight in Los Angeles on 1 March 2019, slot 0 of the Caltech sessions. */
export const MARCH_FIRST = Date.parse('2019-03-01T08:00:00Z')

type Session = { arrives: number; departs: number; station: string; energyWh: number }
/** Real AC sessions of a workplace, 1 to 15 March 2019; instants in UTC ms. */
export const caltechSessions = (): Session[] =>
  (caltech.sessions as [number, number, string, number][]).map(([arrival, departure, station, energyWh]) => ({
    arrives: MARCH_FIRST + arrival * 300_000,
    departs: MARCH_FIRST + departure * 300_000,
    station,
    energyWh,
  }))

type DepotDay = { departsMin: number; returnsMin: number; miles: number }
/** Days of real delivery trucks: minutes of the local day. Those out over midnight or for less than three hours are left out. */
export const depotDays: DepotDay[] = (depot.days as [string, number, number, number][])
  .map(([, departsMin, returnsMin, miles]) => ({ departsMin, returnsMin, miles }))
  .filter(({ departsMin, returnsMin }) => departsMin >= 240 && departsMin <= 660 && returnsMin >= 720 && returnsMin <= 1_410)

type TariffDay = (typeof tariffs.days)[number]
export type TariffId =
  | 'tou-ev-4-winter'
  | 'tou-ev-4-winter-weekend'
  | 'tou-ev-4-summer'
  | 'tou-ev-8-summer'
  | 'tou-ev-8-winter'
  | 'gs-2-tou-b-august'
  | 'day-ahead-eth'
/** Prices and demand charges of the hours of a local day. */
export const tariffDay = (id: TariffId): TariffDay => tariffs.days.find((day) => day.id === id)!

/** Share of the year's energy of a warehouse in an hour of two days that follow one another. */
export const warehouseShare = (season: 'march' | 'august', hour: number): number => warehouse[season][Math.floor(hour) % 48]! / 1e9
