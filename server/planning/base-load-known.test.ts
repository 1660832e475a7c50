import { expect, test } from 'vitest'
import { hours, instant, plus } from '#lib/time/instant.ts'
import { DEPOT, makeDepot } from '#server/energy/test-depot.ts'
import { openDatabase } from '#server/store/database.ts'
import { readBaseLoad } from '#server/store/site.ts'
import { testDatabase } from '#server/tools/test-store.ts'

test('a forecast that ran out is not a building that draws nothing: the most that was known of it counts', async () => {
  const { url } = await testDatabase()
  const db = openDatabase(url, 2)
  const at = instant('2026-11-20T18:00:00Z')
  await makeDepot(db, { at: '2026-11-01T00:00:00Z' })
  await db.prisma.baseLoad.createMany({
    data: [0, 1].map((n) => ({
      nodeId: 'service',
      startsAt: new Date(plus(at, hours(n))),
      minutes: 60,
      forecastW: 9_000,
      upperW: 11_000 + n,
    })),
  })

  const during = await readBaseLoad(db.prisma, DEPOT, at, plus(at, hours(2)))
  expect(during.map(({ upperW }) => upperW)).toEqual([11_000, 11_001])

  const later = plus(at, hours(100))
  const after = await readBaseLoad(db.prisma, DEPOT, later, plus(later, hours(26)))
  expect(after).toMatchObject([{ nodeId: 'service', startsAt: later, upperW: 11_001, minutes: 26 * 60 }])
  await db.close()
})
