import { beforeAll, expect, test } from 'vitest'
import { killingEvening, screens } from './evening.ts'

beforeAll(screens, 900_000)

const CHARGERS = Number(process.env.KILL_CHARGERS ?? 1_000)

test(`kill -9 of gateway, web and database under ${CHARGERS} chargers: no answered message is lost, none counts twice, all are back by themselves`, {
  timeout: 1_800_000,
}, async () => {
  const figures = await killingEvening({
    chargers: CHARGERS,
    kills: 24,
    betweenMs: 8_000,
    pauseMs: 4_000,
    seed: Number(process.env.KILL_SEED ?? 1),
  })
  console.log(JSON.stringify(figures))
  expect(Math.min(...Object.values(figures.killed))).toBeGreaterThan(0)
  expect(figures.comebacks).toBeGreaterThanOrEqual(2 * CHARGERS)
})
