import { type Browser, expect, type Page, test } from '@playwright/test'
import { minutes, plus } from '../lib/time/instant.ts'
import { localIso } from '../lib/time/zone.ts'
import { type Clock, makeClock } from '../server/clock.ts'
import { demoPassword } from '../server/demo/sign-ins.ts'
import { type Charger, startCharger } from '../server/simulator/charger.ts'
import { makeVehicle, VAN } from '../server/simulator/vehicle.ts'

// One vehicle's evening in the demo depot, by everybody's hands: manager, charger, driver's card, dispatch, finance, driver.

const OCPP = `ws://127.0.0.1:${process.env.E2E_OCPP_PORT}/ocpp`
const zone = 'America/Los_Angeles'
const tag = 'STORY15'

test.setTimeout(360_000)

test('a charger comes online, a van plugs in, the plan holds it, dispatch hurries it, the session is billed and everybody sees it', async ({
  page,
  browser,
}) => {
  await signIn(page, 'manager')
  const key = await addCharger(page)
  const clock = await depotClock(page)
  const charger = startCharger({ url: OCPP, identity: 'YW-STORY-15', password: key, clock })
  try {
    await test.step('the manager sees it come online', async () => {
      charger.connect()
      await page.goto('/board')
      await expect(bay(page)).toContainText('Free')
    })
    const vehicleId = await addVehicle(page)
    const apiKey = await makeApiKey(browser)
    await telematics(page, vehicleId, apiKey, clock, 40)

    const van = makeVehicle({ ...VAN, id: vehicleId, batteryWh: 60_000 }, { storedWh: 24_000, odometerM: 0 })
    await test.step('a van plugs in and the plan holds it until the price falls', async () => {
      charger.plug(van.load)
      await charger.swipe(tag, 1)
      await page.goto('/board')
      await expect(bay(page)).toContainText('Paused by plan')
      await expect(bay(page)).toContainText('Van 15')
      expect(charger.powerW(1)).toBe(0)
    })

    await test.step('dispatch moves its departure earlier and the charger speeds up within seconds', async () => {
      const departsAt = localIso(plus(clock.now(), minutes(95)), zone)
      const answer = await page.request.put(`/api/v1/vehicles/${vehicleId}/departure`, {
        headers: { authorization: `Bearer ${apiKey}` },
        data: { departsAt, minSocPct: 80, issuedAt: new Date().toISOString() },
      })
      expect(answer.status(), await answer.text()).toBe(200)
      await expect.poll(() => charger.powerW(1), { timeout: 30_000 }).toBeGreaterThan(15_000)
      await expect(bay(page)).toContainText('Charging')
      const { commandId } = await answer.json()
      await expect.poll(() => stateOf(page, commandId, apiKey), { timeout: 30_000 }).toBe('seen')
    })

    await test.step('the driver sees it', () => driverSees(browser))

    await test.step('the session ends when the cable is pulled', async () => {
      await expect.poll(() => charger.meterWh(1), { timeout: 60_000 }).toBeGreaterThan(2_000)
      charger.unplug(1)
      await expect(bay(page)).toContainText('Free')
    })

    const cost = await sessionCost(page, charger)
    await keyFigures(page)
    await financeExports(browser, cost)
  } finally {
    charger.close()
  }
})

const bay = (page: Page) => page.getByRole('listitem', { name: /^Bay 15:/ })

async function signIn(page: Page, who: string): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill(`${who}@demo.yardwatt`)
  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/sign-in/)
}

async function as(browser: Browser, who: string, viewport?: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext(viewport ? { viewport } : {})
  const page = await context.newPage()
  await signIn(page, who)
  return page
}

/** Through the screen, as the manager does it; the key is shown once. */
async function addCharger(page: Page): Promise<string> {
  await page.goto('/chargers')
  await page.getByRole('button', { name: 'Add charger' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Identity').fill('YW-STORY-15')
  await form.getByLabel('Name').fill('Charger 15')
  await form.getByLabel('Hangs on').selectOption({ label: 'Panel A (panel)' })
  await form.getByLabel('Bay').fill('15')
  await form.getByRole('button', { name: /^Add/ }).click()
  const key = await form
    .getByLabel(/AuthorizationKey/)
    .first()
    .textContent()
  await form.getByRole('button', { name: 'I have kept the key' }).click()
  await expect(page.getByText('Charger 15').first()).toBeVisible()
  return key!.trim()
}

async function addVehicle(page: Page): Promise<string> {
  await page.goto('/fleet')
  await page.getByRole('button', { name: 'Add vehicle' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name').fill('Van 15')
  await form.getByLabel('Bay').selectOption({ label: '15 (Charger 15)' })
  await form.getByLabel('Battery, kWh').fill('60')
  await form.getByLabel('Highest power, kW').fill('19.2')
  await form.getByLabel('Driver').fill('A. Ortiz')
  await form.getByLabel('Card or tag').fill(tag)
  await form.getByRole('button', { name: 'Add the vehicle' }).click()
  await expect(form).toBeHidden()
  const fleet = await (await page.request.get('/api/depots/north/vehicles')).json()
  const vehicle = fleet.vehicles.find(({ name }: { name: string }) => name === 'Van 15')
  await page.getByRole('button', { name: 'Duties' }).click()
  await page.getByRole('button', { name: 'Add duty' }).click()
  await form.getByLabel('Vehicle').selectOption({ label: 'Van 15' })
  await form.getByLabel('Distance, km').fill('60')
  await form.getByRole('button', { name: 'Add the duty' }).click()
  await expect(form).toBeHidden()
  return vehicle.id
}

async function makeApiKey(browser: Browser): Promise<string> {
  const page = await as(browser, 'admin')
  await page.goto('/settings')
  await page.getByRole('button', { name: 'Add an API key' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('What will use it').fill('Dispatch of the story')
  await form.getByRole('checkbox', { name: 'read what became of commands' }).check()
  await form.getByRole('button', { name: 'Make the key' }).click()
  const key = await form.getByLabel('API key', { exact: true }).textContent()
  await page.context().close()
  return key!.trim()
}

/** The demo's own time, for everything that this test's charger and dispatcher say. */
async function depotClock(page: Page): Promise<Clock> {
  const { clock } = await (await page.request.get('/api/me?depot=north')).json()
  return makeClock({ realMs: Date.now(), depotMs: clock.now, speed: clock.speed })
}

async function telematics(page: Page, vehicleId: string, apiKey: string, clock: Clock, socPct: number): Promise<void> {
  const answer = await page.request.put(`/api/v1/vehicles/${vehicleId}/state`, {
    headers: { authorization: `Bearer ${apiKey}` },
    data: { at: localIso(clock.now(), zone), socPct },
  })
  expect(answer.status(), await answer.text()).toBe(200)
}

async function stateOf(page: Page, commandId: string, apiKey: string): Promise<string> {
  const answer = await page.request.get(`/api/v1/commands/${commandId}`, { headers: { authorization: `Bearer ${apiKey}` } })
  return (await answer.json()).state
}

async function driverSees(browser: Browser): Promise<void> {
  const page = await as(browser, 'driver', { width: 390, height: 844 })
  await page.goto('/d')
  await page.getByRole('button', { name: /Choose/i }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Van 15' }).click()
  await expect(page.getByText('Charging', { exact: false }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Stop charging' })).toBeVisible()
  await page.context().close()
}

/** The newest session of the card, on its own page: its cost by tariff window. */
async function sessionCost(page: Page, charger: Charger): Promise<string> {
  await page.goto(`/sessions?tag=${tag}`)
  const row = page.getByRole('row').filter({ hasText: 'Van 15' })
  await row.getByRole('link').first().click()
  await expect(page.getByRole('heading', { name: /Van 15|Session/ }).first()).toBeVisible()
  const { items } = await (await page.request.get(`/api/depots/north/sessions?tag=${tag}`)).json()
  expect(items).toHaveLength(1)
  expect(items[0].energyWh).toBeCloseTo(charger.meterWh(1), -2)
  expect(items[0].cost.minor).toBeGreaterThan(0)
  const cost = `$${(items[0].cost.minor / 100).toFixed(2)}`
  await expect(page.getByText(cost).first()).toBeVisible()
  return cost
}

async function keyFigures(page: Page): Promise<void> {
  await page.goto('/kpis?kpi=availability')
  await expect(page.getByRole('row').filter({ hasText: '15' }).filter({ hasText: 'Success' }).first()).toBeVisible()
  await page.goto('/kpis?kpi=latency')
  await expect(
    page
      .getByRole('row')
      .filter({ hasText: /Van 15|departure/i })
      .filter({ hasText: 'Success' })
      .first(),
  ).toBeVisible()
}

async function financeExports(browser: Browser, cost: string): Promise<void> {
  const page = await as(browser, 'finance')
  await page.goto(`/sessions?tag=${tag}`)
  await expect(page.getByText(cost).first()).toBeVisible()
  const download = page.waitForEvent('download')
  await page
    .getByRole('link', { name: /CSV|Export/ })
    .first()
    .click()
  const csv = await (await (await download).createReadStream()).toArray()
  const [head, line, ...more] = Buffer.concat(csv).toString('utf8').trim().split(/\r?\n/)
  expect(more).toHaveLength(0)
  expect(line).toContain(tag)
  expect(line).toContain(cost.slice(1))
  expect(head).toContain('energy')
  const refused = await page.request.get('/api/depots/north/board')
  expect(refused.status()).toBe(403)
  await page.context().close()
}
