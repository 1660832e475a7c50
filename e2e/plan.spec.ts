import { expect, type Page, test } from '@playwright/test'
import { hours, plus } from '../lib/time/instant.ts'
import { localIso } from '../lib/time/zone.ts'
import { demoPassword } from '../server/demo/sign-ins.ts'

// A manager looks whether duties can be driven; tries a departure, sees what would come of it, applies it, and takes it back.

const zone = 'America/Los_Angeles'
/** A preview is planned in a thread of its own, which other processes may keep from its core. */
const ANSWER = { timeout: 40_000 }

test.beforeEach(async ({ page }) => {
  await page.goto('/sign-in')
  await page.getByLabel('E-mail').fill('manager@demo.yardwatt')
  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/sign-in/)
})

test('a duty says whether its vehicle can drive it, and how that is reckoned; one that overlaps it is refused with both names', async ({
  page,
}) => {
  const known = await duty(page)
  await page.goto('/fleet?show=duties')
  const row = page
    .getByRole('table', { name: 'Duties' })
    .getByRole('row')
    .filter({ hasText: known.vehicleName, hasNotText: 'on the road' })
    .first()
  await expect(row.getByText(/^(Ready in time|Just in time|Not by the plan|Not ready)$/)).toBeVisible()
  await page.goto(`/fleet?show=duties&open=duty:${known.id}`)
  const reckoning = page.getByRole('region', { name: 'Can it drive this?' })
  await expect(reckoning.getByText(/ × .*kW × 0\.92 = .*kWh: (ready, margin|not ready, short by)/)).toBeVisible()
  await expect(reckoning.getByText(/^gives .*kWh until it leaves: (ready, margin|not ready, short by)/)).toBeVisible()

  await page.goto(`/fleet?show=duties&open=duty-of:${known.vehicleId}`)
  const dialog = page.getByRole('dialog', { name: 'Add a duty' })
  await dialog.getByLabel(/^Block or tour/).fill('Block 99')
  await dialog.getByLabel('Departs').fill(localIso(plus(known.departsAt, hours(1)), zone).slice(0, 16))
  await dialog.getByLabel('Returns').fill(localIso(plus(known.departsAt, hours(2)), zone).slice(0, 16))
  await dialog.getByLabel('Distance, km').fill('40')
  await dialog.getByRole('button', { name: 'Add the duty' }).click()
  await expect(dialog.getByText(new RegExp(`cannot do both: Block 99 .* overlaps ${known.name} `))).toBeVisible()
})

test('a departure is tried beside the plan in force, applied, and taken back; a price is a preview only', async ({ page }) => {
  const before = await duty(page)
  const sooner = plus(before.clock, hours(1))

  await page.goto(`/plan?van=${before.vehicleId}`)
  await page.getByRole('button', { name: 'Try a change' }).click()
  const panel = page.getByRole('complementary', { name: 'Try a change' })
  await panel.getByLabel('Leaves').fill(localIso(sooner, zone).slice(0, 16))
  await panel.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(panel.getByRole('table', { name: 'The plan in force beside the preview' })).toBeVisible(ANSWER)
  await expect(panel.getByRole('heading', { level: 3 })).toContainText(`${before.vehicleName} leaves at`)
  // asking has changed nothing
  expect((await duty(page, before.id)).departsAt).toBe(before.departsAt)

  await panel.getByRole('button', { name: 'Apply' }).click()
  await expect(panel.getByText(/: applied\./)).toBeVisible()
  // a form knows minutes
  await expect.poll(async () => Math.abs((await duty(page, before.id)).departsAt - sooner)).toBeLessThan(60_000)

  await panel.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => Math.abs((await duty(page, before.id)).departsAt - before.departsAt)).toBeLessThan(1000)

  await page.getByRole('button', { name: 'Try a change' }).click()
  await panel.getByLabel('What to try').selectOption({ label: 'Another price' })
  await panel.getByLabel(/^Price/).fill('0.9')
  await panel.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(panel.getByText(/A preview only: prices are changed on the page Tariff/)).toBeVisible(ANSWER)
  await expect(panel.getByRole('button', { name: 'Apply' })).toHaveCount(0)
})

test('by keyboard: a vehicle is looked at, a change is tried and left again, and each chart has its table', async ({ page }) => {
  await page.goto('/plan')
  const rows = page.getByRole('group', { name: 'Plan by vehicle' }).getByRole('button')
  await rows.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows.nth(1)).toBeFocused()
  await expect(rows.nth(1)).toHaveAttribute('aria-pressed', 'true')
  const [name = ''] = ((await rows.nth(1).getAttribute('aria-label')) ?? '').split(',')
  await expect(page.getByRole('complementary', { name }).getByRole('heading', { name: /^Why/ })).toBeVisible()

  const tryIt = page.getByRole('button', { name: 'Try a change' })
  await tryIt.focus()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Try a change' })
  await expect(panel.getByRole('heading', { name: 'Try a change' })).toBeFocused()
  await panel.getByLabel('What to try').selectOption({ label: 'More vehicles' })
  await panel.getByRole('button', { name: 'Preview', exact: true }).press('Enter')
  await expect(panel.getByRole('table', { name: 'The plan in force beside the preview' })).toBeVisible(ANSWER)
  await expect(panel.getByRole('heading', { name: 'Try a change' })).toBeFocused()
  await expect(page.getByRole('button', { name: /^New 1, / })).toBeVisible()
  await panel.getByRole('button', { name: 'Discard' }).press('Enter')
  await expect(panel).toHaveCount(0)
  await expect(tryIt).toBeFocused()

  await page.getByRole('button', { name: 'Table', exact: true }).press('Enter')
  await expect(page.getByRole('table', { name: 'Plan by vehicle' }).getByRole('row')).not.toHaveCount(1)
  await page.getByText('Power of the site by quarter hour').first().click()
  await expect(page.getByRole('columnheader', { name: 'Without a plan, kW' })).toBeVisible()
  await page.getByText('Prices and lowered caps').click()
  await expect(page.getByRole('table', { name: 'Energy price by hours' })).toBeVisible()
})

type Duty = { id: string; name: string; vehicleId: string; vehicleName: string; departsAt: ReturnType<typeof plus>; left: boolean }

/** The next duty of a vehicle that has two hours left, or the duty with this id; with the depot's time. */
async function duty(page: Page, id?: string): Promise<Duty & { clock: ReturnType<typeof plus> }> {
  const { items } = (await (await page.request.get('/api/depots/north/duties')).json()) as { items: Duty[] }
  const { clock } = (await (await page.request.get('/api/me?depot=north')).json()) as { clock: { now: ReturnType<typeof plus> } }
  const ahead = items.filter(({ left, departsAt }) => !left && departsAt > clock.now + hours(2))
  const first = ahead.find((each) => !ahead.some((other) => other.vehicleId === each.vehicleId && other.departsAt < each.departsAt))
  return { ...(id === undefined ? first! : items.find((each) => each.id === id)!), clock: clock.now }
}
