import { beforeAll, expect, test } from 'vitest'
import { killingEvening, screens } from './evening.ts'

// A thousand chargers: kills.long.test.ts.

beforeAll(screens, 900_000)

test('kill -9 of gateway, web and database under 30 chargers: no answered message is lost, none counts twice, all are back by themselves', {
  timeout: 240_000,
}, async () => {
  const figures = await killingEvening({ chargers: 30, kills: 6, betweenMs: 2_500, pauseMs: 200, seed: 20261123 })
  expect(Math.min(...Object.values(figures.killed))).toBeGreaterThan(0)
  // a killed gateway takes every socket along
  expect(figures.comebacks).toBeGreaterThanOrEqual(2 * 30)
  expect(figures.sessions).toBeGreaterThan(30)
})
