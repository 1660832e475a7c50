import { get } from 'node:http'
import { expect, test } from '@playwright/test'
import { demoPassword } from '../server/demo/sign-ins.ts'

test('a newcomer opens the address, signs in as the manager and sees the depot; a stranger sees nothing', async ({ page, request }) => {
  const ready = await request.get('/readyz')
  expect(await ready.json()).toEqual({ database: true, gateway: true })

  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

  await page.getByLabel('E-mail').fill('manager@demo.yardwatt')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible()

  await page.getByLabel('Password').fill(demoPassword)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('navigation').first()).toBeVisible()
  await expect(page).not.toHaveURL(/sign-in/)
})

test('the demo, with its known passwords, answers to localhost only', async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    get({ host: '127.0.0.1', port: process.env.E2E_PORT, path: '/sign-in', headers: { host: 'depot.example.com' } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
  expect(answer).toBe(421)
})
