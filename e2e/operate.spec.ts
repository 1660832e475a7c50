import { expect, type Page, test } from '@playwright/test'
import { type Clock, makeClock } from '../server/clock.ts'
import { demoPassword } from '../server/demo/sign-ins.ts'
import { type Charger, startCharger } from '../server/simulator/charger.ts'

// A new charger in the operator's hands: let in, asked, kept under the cap, its log fetched, its key changed, and taken out of service.

const OCPP = `ws://127.0.0.1:${process.env.E2E_OCPP_PORT}/ocpp`
const identity = 'YW-OPERATE-31'
const name = 'Charger 31'

test('a charger is let in, asked from the console, kept under the cap, gives its log, takes a new key and is retired', async ({ page }) => {
  await signIn(page)
  const key = await addPending(page)
  const charger = startCharger({ url: OCPP, identity, password: key, clock: await depotClock(page) })
  try {
    await test.step('it connects and waits for a person', async () => {
      charger.connect()
      await charger.waitFor(() => charger.registration() === 'Pending', 'being told to wait')
      await page.goto('/chargers?show=pending')
      await expect(waiting(page)).toContainText('Yardwatt Sim 80')
    })

    await test.step('the operator approves it', async () => {
      await waiting(page).getByRole('button', { name: 'Approve' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
      await charger.waitFor(() => charger.registration() === 'Accepted', 'being accepted')
      await expect(page.getByText('No charger waits for approval')).toBeVisible()
    })
    await openCharger(page)

    await test.step('the console asks for one key and shows the answer', async () => {
      await tab(page, 'Console')
      await choose(page, 'GetConfiguration')
      await send(page, 'GetConfiguration', { key: ['NumberOfConnectors'] })
      await expect(told(page)).toContainText('Answered')
      await expect(told(page)).toContainText('NumberOfConnectors')
    })

    await test.step('a limit above what the site allows is refused, and the charger never hears of it', () =>
      refusedAboveCap(page, charger))
    await test.step('its log is asked for and downloaded', () => fetchLog(page))
    await test.step('its key is changed over OCPP without losing it', () => changeKey(page, charger, key))

    await test.step('it is taken out of service', async () => {
      await page.getByRole('button', { name: 'Retire', exact: true }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Retire' }).click()
      await expect(page).toHaveURL(/\/chargers$/)
      await charger.waitFor(() => !charger.isConnected(), 'being cut off')
      await page.goto('/chargers?show=retired')
      await expect(page.getByRole('row').filter({ hasText: name })).toBeVisible()
    })
  } finally {
    charger.close()
  }
})

const waiting = (page: Page) =>
  page.getByRole('region', { name: 'Chargers that wait for approval' }).getByRole('row').filter({ hasText: name })
const tab = (page: Page, label: string) => page.getByRole('group', { name: 'View' }).getByRole('button', { name: label }).click()
const told = (page: Page) => page.getByRole('form').getByRole('status')

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('manager@demo.yardwatt')
  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/sign-in/)
}

/** Through the screen; the key is shown once. */
async function addPending(page: Page): Promise<string> {
  await page.goto('/chargers')
  await page.getByRole('button', { name: 'Add charger' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Identity').fill(identity)
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('Hangs on').selectOption({ label: 'Panel A (panel)' })
  await form.getByLabel('Bay').fill('31')
  await form.getByText('More: group, plug').click()
  await form.getByLabel('When it connects').selectOption('pending')
  await form.getByRole('button', { name: /^Add/ }).click()
  const key = await form
    .getByLabel(/AuthorizationKey/)
    .first()
    .textContent()
  await form.getByRole('button', { name: 'I have kept the key' }).click()
  return key!.trim()
}

async function depotClock(page: Page): Promise<Clock> {
  const { clock } = await (await page.request.get('/api/me?depot=north')).json()
  return makeClock({ realMs: Date.now(), depotMs: clock.now, speed: clock.speed })
}

async function openCharger(page: Page): Promise<void> {
  await page.goto('/chargers')
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

/** Its form, as JSON, filled with what the console proposes. */
async function choose(page: Page, action: string): Promise<void> {
  await page.getByLabel('Call', { exact: true }).selectOption(action)
  await page
    .getByRole('form', { name: `Call ${action}` })
    .getByRole('button', { name: 'JSON' })
    .click()
}

async function send(page: Page, action: string, payload: object): Promise<void> {
  await page.getByLabel('Payload').fill(JSON.stringify(payload))
  await page.getByRole('button', { name: `Send ${action}` }).click()
}

/** The limit that the console proposes, raised to what no port of this site may have. */
async function refusedAboveCap(page: Page, charger: Charger): Promise<void> {
  await choose(page, 'SetChargingProfile')
  const profile = JSON.parse(await page.getByLabel('Payload').inputValue())
  profile.csChargingProfiles.chargingSchedule = { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 400_000 }] }
  await send(page, 'SetChargingProfile', profile)
  await expect(told(page)).toContainText('Refused, not sent')
  await expect(told(page)).toContainText('kW')
  expect(JSON.stringify(charger.receivedCalls('SetChargingProfile'))).not.toContain('400000')
}

async function fetchLog(page: Page): Promise<void> {
  await tab(page, 'Files')
  await page.getByRole('button', { name: 'Ask for a log' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ask for it' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Diagnostics' })
  await expect(row).toContainText('Received', { timeout: 45_000 })
  const download = page.waitForEvent('download')
  await row.getByRole('button', { name: /^Download/ }).click()
  const parts = await (await (await download).createReadStream()).toArray()
  expect(Buffer.concat(parts).length).toBeGreaterThan(0)
}

async function changeKey(page: Page, charger: Charger, old: string): Promise<void> {
  await tab(page, 'Setup')
  await page.getByRole('button', { name: 'Send a new key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Send a new key' }).click()
  const shown = (await dialog
    .getByLabel(/AuthorizationKey/)
    .first()
    .textContent())!.trim()
  expect(shown).not.toBe(old)
  await dialog.getByRole('button', { name: 'I have kept the key' }).click()
  await expect(page.getByText('New key: in use')).toBeVisible({ timeout: 45_000 })
  expect(charger.memory.password).toBe(shown)
  await charger.waitFor(() => charger.isConnected() && charger.registration() === 'Accepted', 'coming back with the new key')
}
