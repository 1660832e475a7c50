// `npm run bench live`: from the moment a charger's frame is written to its socket until its card on the depot board has changed in a real
// Chromium. Real gateway, web (production build), database with fsync; 13 other chargers stand by. A change is the first of its port within a
// second, as the live stream promises to tell at once. `-- --as-built` takes the screens in .next as they are. The last line is JSON.
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Page } from '@playwright/test'
import { makeClock } from '../clock.ts'
import { chargerId, chargers as demoChargers, tagOf } from '../demo/depot.ts'
import { extendDemo, seedDemo } from '../demo/seed.ts'
import { demoPassword } from '../demo/sign-ins.ts'
import { newChargerKey } from '../ocpp/key.ts'
import { type Charger, startCharger } from '../simulator/charger.ts'
import { openDatabase } from '../store/database.ts'
import { replaceChargerKey } from '../store/depot.ts'
import { migrate } from '../store/migrate.ts'
import { createDatabase, dropDatabase, withDatabase } from '../store/postgres/admin.ts'
import { startPostgres } from '../store/postgres/embedded.ts'
import { build, isBuilt, PROJECT } from '../supervisor/build.ts'
import { findBrowser } from '../tools/browser.ts'
import { type RoleProcess, runRole } from '../tools/run-role.ts'

const PORT = Number(process.env.BENCH_PORT ?? 22_050)
const OCPP_PORT = PORT + 1
const STATUS_CHANGES = 30
const POWER_CHANGES = 30
/** Longer than the second in which changes of one port are gathered. */
const EVERY_MS = 1_250
const TARGET_MS = 250
const BAY = 7
const say = (text: string) => process.stderr.write(`${text}\n`)

async function main() {
  const home = join(PROJECT, '.yardwatt')
  mkdirSync(home, { recursive: true, mode: 0o711 })
  const dataDir = mkdtempSync(join(home, 'bench-live-'))
  const asBuilt = process.argv.includes('--as-built') && existsSync(join(PROJECT, '.next', 'BUILD_ID'))
  if (!asBuilt && !isBuilt()) {
    say('the screens are built first, which takes up to a minute')
    await build(join(dataDir, 'build.log'), { ...process.env, NODE_ENV: 'production' }, AbortSignal.timeout(600_000))
  }
  const stops: (() => Promise<unknown> | unknown)[] = []
  try {
    const given = process.env.DATABASE_URL
    const postgres = given ? undefined : await startPostgres(join(home, 'bench-postgres'))
    if (postgres) stops.unshift(() => postgres.stop())
    const base = given ?? postgres!.url
    const name = `yardwatt_bench_live_${process.pid}`
    await createDatabase(base, name)
    stops.unshift(() => dropDatabase(base, name))
    const url = withDatabase(base, name)
    const keys = await demoDepot(url)
    const secret = 'a secret of the bench, which is known to all'
    const settings = { databaseUrl: url, ocppPort: OCPP_PORT, port: PORT, dataDir }
    const more = { DEMO: 'on', APP_SECRET: secret, NEXTAUTH_SECRET: secret, AUTH_TRUST_HOST: 'true', NEXT_TELEMETRY_DISABLED: '1' }
    const processes: RoleProcess[] = []
    stops.unshift(() => Promise.all(processes.map((each) => each.stop())))
    for (const role of ['gateway', 'web'] as const) processes.push(await runRole(role, { ...settings, more }))
    const fleet = await connectAll(keys)
    stops.unshift(() => {
      for (const charger of fleet) charger.close()
    })
    const { executablePath, args } = await findBrowser()
    const browser = await chromium.launch({ executablePath, args })
    stops.unshift(() => browser.close())
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    const took = await measure(page, fleet[BAY - 1]!)
    report(took)
  } finally {
    for (const stop of stops) await stop()
  }
}

async function demoDepot(url: string): Promise<Map<string, string>> {
  await migrate(url)
  const db = openDatabase(url, 4)
  const ctx = { db, clock: makeClock() }
  await seedDemo(ctx)
  await extendDemo(ctx)
  const keys = new Map<string, string>()
  for (const [index, { identity }] of demoChargers.entries()) {
    const { key, keyHash } = newChargerKey()
    await replaceChargerKey(db, chargerId(index + 1), keyHash, ctx.clock.now())
    keys.set(identity, key)
  }
  await db.close()
  return keys
}

async function connectAll(keys: Map<string, string>): Promise<Charger[]> {
  const fleet = [...keys].map(([identity, password]) =>
    startCharger({ url: `ws://127.0.0.1:${OCPP_PORT}/ocpp`, identity, password, clock: makeClock(), keepFrames: 200 }),
  )
  for (const charger of fleet) charger.connect()
  for (const charger of fleet) await charger.waitFor(() => charger.registration() === 'Accepted', 'the boot', 30_000)
  // commissioning ends with the fallback
  for (const charger of fleet) await charger.waitFor(() => charger.receivedCalls('SetChargingProfile').length > 0, 'its fallback', 30_000)
  return fleet
}

type Seen = { at: number; label: string; text: string }
declare global {
  interface Window {
    seen: Seen[]
  }
}

async function measure(page: Page, charger: Charger): Promise<Record<'status' | 'power', number[]>> {
  await page.goto(`http://localhost:${PORT}/sign-in?next=/board`)
  await page.getByLabel('E-mail').fill('manager@demo.yardwatt')
  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((at) => !at.pathname.includes('sign-in'))
  await page.goto(`http://localhost:${PORT}/board`)
  const bay = `Bay ${String(BAY).padStart(2, '0')}`
  await page.locator(`li[aria-label^="${bay}"]`).waitFor()
  await page.evaluate(watchCard, `li[aria-label^="${bay}"]`)
  await pause(3_000) // the stream is open and the first things have been said
  const skewMs = await clockSkew(page)
  const status: number[] = []
  for (let n = 0; n < STATUS_CHANGES; n++) {
    const from = await notes(page)
    const other = await page.evaluate(() => window.seen.at(-1)?.label ?? '')
    const written = await tell(charger, 'StatusNotification', {
      connectorId: 1,
      errorCode: 'NoError',
      status: n % 2 === 0 ? 'Unavailable' : 'Available',
      timestamp: new Date().toISOString(),
    })
    status.push((await seenWhen(page, { from, other })) - skewMs - written)
    await pause(EVERY_MS)
  }
  const started = await charger.call('StartTransaction', {
    connectorId: 1,
    idTag: tagOf(BAY),
    meterStart: 2_000_000,
    timestamp: new Date().toISOString(),
  })
  if (started.kind !== 'result') throw new Error(`no transaction: ${JSON.stringify(started)}`)
  await tell(charger, 'StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Charging',
    timestamp: new Date().toISOString(),
  })
  await pause(5_000) // the plan has answered the vehicle
  const power: number[] = []
  for (let n = 0; n < POWER_CHANGES; n++) {
    const from = await notes(page)
    const kilowatts = `0.${1 + (n % 4)}`
    const written = await tell(charger, 'MeterValues', {
      connectorId: 1,
      transactionId: started.payload.transactionId as number,
      meterValue: [
        {
          timestamp: new Date().toISOString(),
          sampledValue: [
            { value: String(2_000_001 + n), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
            { value: String(Number(kilowatts) * 1000), measurand: 'Power.Active.Import', unit: 'W' },
          ],
        },
      ],
    })
    power.push((await seenWhen(page, { from, text: `${kilowatts} /` })) - skewMs - written)
    await pause(EVERY_MS)
  }
  return { status, power }
}

/** Says it, and tells when its frame was written (real UTC ms). */
async function tell(charger: Charger, action: string, payload: Parameters<Charger['call']>[1]): Promise<number> {
  const before = charger.sentCalls(action).length
  const answer = charger.call(action, payload)
  await charger.waitFor(() => charger.sentCalls(action).length > before, 'the frame to leave')
  const written = performance.timeOrigin + charger.sentCalls(action).at(-1)!.realMs
  const outcome = await answer
  if (outcome.kind !== 'result') throw new Error(`${action} was answered with ${JSON.stringify(outcome)}`)
  return written
}

/** Notes each change below the board with the browser's own clock; runs in the page. */
function watchCard(selector: string) {
  window.seen = []
  const look = () => {
    const card = document.querySelector(selector)
    const now = {
      at: performance.timeOrigin + performance.now(),
      label: card?.getAttribute('aria-label') ?? '',
      text: card?.textContent ?? '',
    }
    const last = window.seen.at(-1)
    if (last?.label !== now.label || last.text !== now.text) window.seen.push(now)
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
  look()
}

/** When the card first had another label than `other`, or the text `text`, in what was noted after the first `from` notes (browser's clock, ms). */
async function seenWhen(page: Page, wanted: { from: number; other?: string; text?: string }): Promise<number> {
  const found = await page.waitForFunction(
    ({ from, other, text }) =>
      window.seen
        .slice(from)
        .find((each) => (other === undefined || each.label !== other) && (text === undefined || each.text.includes(text)))?.at,
    wanted,
    { timeout: 15_000, polling: 20 },
  )
  return (await found.jsonValue())!
}

const notes = (page: Page) => page.evaluate(() => window.seen.length)

/** The browser's clock minus ours, ms: of many questions the one that was answered soonest. */
async function clockSkew(page: Page): Promise<number> {
  let best = { round: Number.POSITIVE_INFINITY, skew: 0 }
  for (let n = 0; n < 50; n++) {
    const before = performance.timeOrigin + performance.now()
    const there = await page.evaluate(() => performance.timeOrigin + performance.now())
    const after = performance.timeOrigin + performance.now()
    if (after - before < best.round) best = { round: after - before, skew: there - (before + after) / 2 }
  }
  say(`clocks differ by ${best.skew.toFixed(2)} ms, known to ± ${(best.round / 2).toFixed(2)} ms`)
  return best.skew
}

function report(took: Record<'status' | 'power', number[]>) {
  const at = (all: number[], share: number) => {
    const sorted = all.toSorted((a, b) => a - b)
    return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!)
  }
  const all = [...took.status, ...took.power]
  console.log('change    n    p50 ms   p95 ms   max ms')
  for (const [name, values] of [...Object.entries(took), ['all', all]] as [string, number[]][]) {
    const figures = [at(values, 0.5), at(values, 0.95), at(values, 1)].map((value) => String(value).padStart(8)).join(' ')
    console.log(`${name.padEnd(8)} ${String(values.length).padStart(2)} ${figures}`)
  }
  console.log(`target: p95 under ${TARGET_MS} ms, ${at(all, 0.95) < TARGET_MS ? 'met' : 'not met'}`)
  console.log(JSON.stringify({ bench: 'live', p95Ms: at(all, 0.95) }))
}

await main()
