import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { instant } from '#lib/time/instant.ts'
import { clockText, makeClock } from '#server/clock.ts'
import { type Central, startCentral } from './central-for-tests.ts'
import type { SimulatorConfigInput } from './config.ts'

// The process of the demo: a file in, chargers and telematics out, a state file between two starts.

const PORT = 20_190
const setting = { realMs: Date.now(), depotMs: instant('2026-03-10T18:00:00Z'), speed: 120 }
let directory: string
let central: Central
let pushed: { url: string; authorization?: string; body: Record<string, unknown> }[]
let pushedOne: () => void
const children: ChildProcess[] = []
const web = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  pushed.push({ url: request.url!, authorization: request.headers.authorization, body: JSON.parse(text) })
  response.end('{}')
  pushedOne()
})

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-'))
  central = await startCentral(makeClock(setting), PORT)
  pushed = []
  pushedOne = () => {}
  await new Promise<void>((resolve) => web.listen(PORT + 1, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  web.closeAllConnections()
  web.close()
  await central.close()
  rmSync(directory, { recursive: true })
})

const config = (): SimulatorConfigInput => ({
  url: central.url,
  zone: 'Europe/Berlin',
  chargers: [{ identity: 'C1', password: central.password }],
  vehicles: [{ id: 'van-1', tag: 'TAG1', batteryWh: 80_000, soc: 0.3 }],
  weekly: [{ vehicleId: 'van-1', weekday: 3, departs: '06:00', returns: '17:00', energyWh: 30_000, distanceM: 60_000 }],
  telematics: { url: `http://127.0.0.1:${PORT + 1}`, apiKey: 'yw_a key', everyS: 20, movesPerDay: 0 },
  stateFile: join(directory, 'state.json'),
})

function run(given: object = config(), stdio: 'ipc' | 'ignore' = 'ignore') {
  writeFileSync(join(directory, 'config.json'), JSON.stringify(given))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, SIMULATOR_CONFIG: join(directory, 'config.json'), YARDWATT_CLOCK: clockText(setting), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'pipe', stdio],
  })
  let errors = ''
  child.stderr!.on('data', (chunk) => {
    errors += chunk
  })
  children.push(child)
  return { child, errors: () => errors, exit: once(child, 'exit') }
}
const heard = async (action: string, times: number) => {
  while (central.heardOf(action).length < times) await new Promise((resolve) => central.onHeard(() => resolve(undefined)))
}

test('connects, charges and pushes telematics; SIGTERM ends it; the next start goes on with the same transaction', async () => {
  const first = run()
  await heard('StartTransaction', 1)
  await heard('MeterValues', 1)
  while (pushed.length === 0) await new Promise<void>((resolve) => (pushedOne = resolve))
  expect(pushed[0]).toMatchObject({ url: '/api/v1/vehicles/van-1/state', authorization: 'Bearer yw_a key' })
  expect(pushed[0]!.body).toMatchObject({ socPct: expect.any(Number), odometerM: 0, pluggedIn: expect.any(Boolean) })
  first.child.kill('SIGTERM')
  expect((await first.exit)[0]).toBe(0)

  const { state } = JSON.parse(readFileSync(join(directory, 'state.json'), 'utf8'))
  expect(state.chargers.C1.ports[0].transaction).toMatchObject({ transactionId: 101, idTag: 'TAG1' })
  const before = central.heardOf('MeterValues').length
  const second = run(config(), 'ipc')
  await heard('BootNotification', 2)
  await heard('MeterValues', before + 3)
  expect(central.heardOf('MeterValues').at(-1)?.params).toMatchObject({ transactionId: 101 })
  expect(central.heardOf('StartTransaction')).toHaveLength(1)
  second.child.disconnect()
  expect((await second.exit)[0], 'ends with its parent').toBe(0)
})

test('a wrong file is one sentence and an exit code', async () => {
  const { exit, errors } = run({ ...config(), zone: 'Mars/Olympus' })
  expect((await exit)[0]).toBe(1)
  expect(errors()).toMatch(/is wrong at zone: zone is an IANA name such as Europe\/Berlin\.\n$/)
})
