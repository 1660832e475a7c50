import { expect, test } from 'vitest'
import { charging16 } from './charger-for-tests.ts'

// Reboots, losses of power, and what the memory keeps.

const { world, online, charging, ask, setProfile, heardOf } = charging16(20_125)

test('profiles survive the reboot of a model that keeps them (errata 3.37)', async () => {
  const charger = await online()
  await setProfile(10, 'TxDefaultProfile')
  await ask('Reset', { type: 'Hard' })
  await charger.waitFor(() => heardOf('BootNotification').length === 2, 'the second boot')
  expect(charger.limitW()).toBe(2_400)
})

test('… and not that of a model that loses them', async () => {
  const charger = await online({ memory: 'loses' })
  await setProfile(10, 'TxDefaultProfile')
  await ask('Reset', { type: 'Hard' })
  await charger.waitFor(() => heardOf('BootNotification').length === 2, 'the second boot')
  expect(charger.limitW()).toBe(19_200)
})

test('a soft reset ends the transaction before, a hard one after the boot', async () => {
  const charger = await charging()
  await ask('Reset', { type: 'Soft' })
  await charger.waitFor(() => heardOf('StopTransaction').length === 1)
  await charger.waitFor(() => charger.registration() === 'Accepted')
  await charger.swipe('VAN7')
  await charger.waitFor(() => charger.transaction()?.transactionId === 102)
  await ask('Reset', { type: 'Hard' })
  await charger.waitFor(() => heardOf('StopTransaction').length === 2)
  expect(heardOf('StopTransaction').map((h) => h.params.reason)).toEqual(['SoftReset', 'HardReset'])
})

test.each([
  ['stops', 'StopTransaction with reason PowerLoss'],
  ['resumes', 'the same transaction goes on'],
  ['resumesBelowStart', 'it goes on with a register below meterStart'],
] as const)('after a loss of power a model that %s: %s', async (afterPowerLoss, _says) => {
  const charger = await charging({ model: { afterPowerLoss } }, 19_200, 4_000)
  const meterStart = 4_000
  charger.fault('powerLoss')
  expect(charger.powerW()).toBe(0)
  const before = world.central.heard.length
  charger.fault('powerLoss', false)
  const news = () => world.central.heard.slice(before).find((h) => /StopTransaction|MeterValues/.test(h.action))
  await charger.waitFor(news, 'news of the transaction')
  expect(news()!.params).toMatchObject({ transactionId: 101 })
  expect([news()!.action, news()!.params.reason]).toEqual(
    afterPowerLoss === 'stops' ? ['StopTransaction', 'PowerLoss'] : ['MeterValues', undefined],
  )
  expect(charger.memory.ports[0]!.registerWh < meterStart).toBe(afterPowerLoss === 'resumesBelowStart')
})

test('a second life goes on from the remembered flash', async () => {
  const first = await charging()
  await setProfile(10, 'TxDefaultProfile', 1, 7)
  first.close()
  const remembered = JSON.parse(JSON.stringify(first.memory))
  const second = await online({ remembered })
  expect(second.transaction()).toMatchObject({ transactionId: 101, idTag: 'VAN7' })
  expect(second.limitW()).toBe(2_400)
})
