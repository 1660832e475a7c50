import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { breaches } from './walls.ts'

const judged = (file: string, text: string) => {
  const root = mkdtempSync(join(tmpdir(), 'yardwatt-walls-'))
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
  return breaches(root).map(({ line, message }) => `${line}: ${message}`)
}

test.each([
  ['lib/planning/plan.ts', `import { openDatabase } from '#server/store/database.ts'`, 'pass the fact in as an argument'],
  ['lib/planning/plan.ts', `import { readFileSync } from 'node:fs'`, 'do this in server/<noun>/'],
  ['lib/planning/plan.ts', `const x = await import('../../server/log.ts')`, 'pass the fact in'],
  ['server/charging/stop.ts', `import { Button } from '#components/ui/button.tsx'`, 'goes to lib/<noun>/'],
  ['server/charging/stop.ts', `import pg from 'pg'`, 'live in server/store'],
  ['server/charging/stop.ts', `import { PrismaClient } from '../store/generated/client.ts'`, 'live in server/store'],
  ['server/charging/stop.ts', `import { Station } from '../simulator/station.ts'`, 'does not know its simulator'],
  ['server/charging/stop.ts', `import { world } from '../night/world.ts'`, 'does not know its simulator'],
  ['server/simulator/station.ts', `import { profile } from '../ocpp/profile.ts'`, 'the simulator judges us'],
  ['server/simulator/station.ts', `import { limit } from '#lib/planning/limit.ts'`, 'the simulator judges us'],
  ['components/board/bay.tsx', `import { getRuntime } from '#server/runtime.ts'`, 'put the contract in lib/api/'],
  ['components/board/bay.tsx', `import { Row } from '../sessions/row.tsx'`, 'what board and sessions share goes to components/ui'],
  ['components/ui/card.tsx', `import { Bay } from '#components/board/bay.tsx'`, 'ui and charts know no feature'],
  ['app/page.tsx', `import { PrismaClient } from '@prisma/client'`, 'goes to a verb'],
  ['e2e/story.spec.ts', `import { Bay } from '#components/board/bay.tsx'`, 'as a person does'],
  ['lib/helpers.ts', `export {}`, 'a thing lives under its noun'],
  ['server/auth/index.ts', `export {}`, 'a thing lives under its noun'],
  ['lib/planning/long.ts', '\n'.repeat(401), 'split it into two nouns'],
])('%s with %s is told where the code should go', (file, text, advice) => {
  expect(judged(file, text)).toEqual([expect.stringContaining(advice)])
})

test.each([
  ['server/store/readings.ts', `import pg from 'pg'`],
  ['server/night/world.ts', `import { Station } from '../simulator/station.ts'`],
  ['server/simulator/station.ts', `import { makeClock } from '../clock.ts'\nimport { watts } from '#lib/units/units.ts'`],
  ['components/board/bay.tsx', `import { Card } from '../ui/card.tsx'\nimport { z } from 'zod'\nimport { board } from '#lib/api/board.ts'`],
  ['app/board/page.tsx', `import { getRuntime } from '#server/runtime.ts'\nimport { Bay } from '#components/board/bay.tsx'`],
  ['server/http/doors.test.ts', `import { PUT } from '../../app/api/v1/vehicles/[id]/state/route.ts'`],
  ['lib/planning/plan.test.ts', `import { readFileSync } from 'node:fs'`],
])('%s may import what stands beside it', (file, text) => {
  expect(judged(file, text)).toEqual([])
})

test('names the line', () => {
  expect(judged('lib/time/zone.ts', `import a from 'zod'\nimport b from 'pg'`)).toEqual([expect.stringMatching(/^2: imports pg/)])
})
