import { expect, test } from 'vitest'
import { isCurrent, NAV, navFor, pageAt, tabsFor } from './nav.ts'

const page = (label: string) => NAV.find((item) => item.label === label)!

test('each role sees the pages it may open', () => {
  expect(navFor('finance').map((i) => i.label)).toEqual(['Sessions', 'Fleet', 'Tariff', 'KPIs'])
  expect(navFor('driver').map((i) => i.label)).toEqual(['My van'])
  expect(navFor('manager').map((i) => i.label)).not.toContain('Settings')
  expect(navFor('admin').map((i) => i.label)).toContain('Settings')
})

test('a page below a page marks it; the overview is only itself', () => {
  expect(isCurrent(page('Chargers'), '/chargers/C7')).toBe(true)
  expect(isCurrent(page('Overview'), '/chargers')).toBe(false)
  expect(isCurrent(page('My van'), '/depots')).toBe(false)
})

test('a phone has four tabs and the rest under More', () => {
  const { tabs, more } = tabsFor('manager')
  expect([tabs.length, more.map((i) => i.label)]).toEqual([4, ['Fleet', 'Chargers', 'Site', 'Tariff', 'KPIs']])
})

test('an address belongs to the page above it, and to those who may see that', () => {
  expect(pageAt('/chargers/firmware')?.label).toBe('Chargers')
  expect(pageAt('/')?.label).toBe('Overview')
  expect(pageAt('/nowhere')).toBeNull()
  expect(pageAt('/chargers/C7')?.roles).not.toContain('finance')
  expect(pageAt('/sessions/7')?.roles).toContain('finance')
})
