import { expect, test } from 'vitest'
import { days } from '#lib/time/instant.ts'
import { PUT as putDesired } from '../../app/api/depots/[depot]/desired-settings/route.ts'
import { createUser } from '../auth/create-user.ts'
import { sessionCookie } from '../auth/session-token.ts'
import { type At, world } from '../ocpp/conformance16/test-world.ts'
import { until } from '../ocpp/test-depot.ts'
import { getRuntime } from '../runtime.ts'
import { chargerRules, settingsView } from './rules-view.ts'
import { removeDesired, setDesired, setOfflinePolicy, setRepair } from './set-rules.ts'
import { makeSettingsWatch } from './watch-settings.ts'

// Desired configuration and offline policy over real sockets.

const w = await world(14)
const { prisma } = w
const anna = { depotId: 'd', actor: 'user:anna' }
type Keys = Record<string, { value: string; readonly?: boolean; says?: string }>

/** A charger with these keys; what it takes it has from then on. */
async function has(keys: Keys, model = 'One', group: string | null = null) {
  const answers = {
    GetConfiguration: () => ({
      configurationKey: Object.entries(keys).map(([key, { value, readonly = false }]) => ({ key, value, readonly })),
      unknownKey: [],
    }),
    ChangeConfiguration: ({ key, value }: Record<string, unknown>) => {
      const known = keys[String(key)]
      if (!known) return { status: 'NotSupported' }
      if (known.says) return { status: known.says }
      known.value = String(value)
      return { status: 'Accepted' }
    },
  }
  const at = await w.charger(answers)
  await prisma.charger.update({ where: { id: at.id }, data: { groupName: group } })
  const boot = async (as: At = at, firmware = '1.0') => {
    const before = (await w.row(at.id)).commissionedAt?.getTime() ?? 0
    await as.say('BootNotification', { chargePointVendor: 'Acme', chargePointModel: model, firmwareVersion: firmware })
    await until(async () => ((await w.row(at.id)).commissionedAt?.getTime() ?? 0) > before)
  }
  await boot()
  return { at, boot, answers }
}
const told = (at: At, key: string) =>
  at.asked.filter(({ method, params }) => method === 'ChangeConfiguration' && params.key === key).map(({ params }) => params.value)
const setting = async (at: At, key: string) => (await settingsView(getRuntime(), 'd', at.id)).settings.find((each) => each.key === key)
const desire = (kind: 'model' | 'group', name: string, key: string, value: string) =>
  setDesired(getRuntime(), anna, { kind, name, key, value })

test('a group goes before a model, a model before what every charger gets; commissioning tells it', async () => {
  await desire('model', 'acme Two', 'HeartbeatInterval', '600')
  await desire('model', 'Acme Two', 'BlinkRepeat', '3')
  await desire('group', 'Yard', 'BlinkRepeat', '5')
  const keys = () => ({ HeartbeatInterval: { value: '86400' }, BlinkRepeat: { value: '0' }, MeterValueSampleInterval: { value: '15' } })
  const plain = await has(keys(), 'One')
  const model = await has(keys(), 'Two')
  const group = await has(keys(), 'Two', 'yard')
  expect([plain, model, group].map(({ at }) => [told(at, 'HeartbeatInterval'), told(at, 'BlinkRepeat')])).toEqual([
    [['300'], []],
    [['600'], ['3']],
    [['600'], ['5']],
  ])
  expect(await setting(group.at, 'BlinkRepeat')).toMatchObject({ wanted: '5', has: '5', from: 'group', state: 'same' })
  expect(await w.line('charger.configured', `charger:${group.at.id}`)).toMatchObject({
    changes: expect.arrayContaining([{ key: 'BlinkRepeat', before: '0', after: '5', said: 'set' }]),
  })
})

test('a key that the envelope or the security rests on cannot be desired, by whatever way it got there', async () => {
  const id = await createUser(getRuntime(), {
    email: 'm@d.test',
    name: 'M',
    role: 'manager',
    password: 'correct horse battery',
    depotIds: ['d'],
  })
  const headers = { host: 'depot.test', cookie: await sessionCookie(w.env, id), 'content-type': 'application/json' }
  const ask = async (key: string) => {
    const body = JSON.stringify({ kind: 'model', name: 'Acme Three', key, value: '0' })
    const request = new Request('http://depot.test/api/depots/d/desired-settings', { method: 'PUT', headers, body })
    return (await putDesired(request, { params: Promise.resolve({ depot: 'd' }) })).status
  }
  expect([await ask('authorizationkey'), await ask('MaxCurrentLimit'), await ask('BlinkRepeat')]).toEqual([400, 400, 200])
  await prisma.desiredSetting.create({
    data: {
      id: 'x',
      depotId: 'd',
      kind: 'model',
      name: 'Acme Three',
      key: 'SecurityProfile',
      value: '0',
      changedBy: 'x',
      changedAt: new Date(),
    },
  })
  const { at } = await has({ SecurityProfile: { value: '1' }, BlinkRepeat: { value: '9' } }, 'Three')
  expect([told(at, 'SecurityProfile'), told(at, 'BlinkRepeat')]).toEqual([[], ['0']])
})

test('what differs is shown as it is: read-only, unknown, refused, needs a restart', async () => {
  for (const key of [
    'LightIntensity',
    'ResetRetries',
    'StopTransactionOnEVSideDisconnect',
    'UnlockConnectorOnEVSideDisconnect',
    'BlinkRepeat',
  ])
    await desire('model', 'Acme Four', key, 'new')
  const keys: Keys = {
    LightIntensity: { value: 'old', readonly: true },
    StopTransactionOnEVSideDisconnect: { value: 'old', says: 'Rejected' },
    UnlockConnectorOnEVSideDisconnect: { value: 'old', says: 'RebootRequired' },
    BlinkRepeat: { value: 'old' },
  }
  const { at, boot } = await has(keys, 'Four')
  const states = async () =>
    Object.fromEntries((await settingsView(getRuntime(), 'd', at.id)).settings.map(({ key, state }) => [key, state]))
  expect(await states()).toMatchObject({
    LightIntensity: 'readOnly',
    ResetRetries: 'refused',
    StopTransactionOnEVSideDisconnect: 'refused',
    UnlockConnectorOnEVSideDisconnect: 'needsReboot',
    BlinkRepeat: 'same',
  })
  const shown = (await chargerRules(getRuntime(), 'd')).chargers.find(({ id }) => id === at.id)!
  expect(shown.drift.map(({ key }) => key).sort()).toEqual([
    'LightIntensity',
    'ResetRetries',
    'StopTransactionOnEVSideDisconnect',
    'UnlockConnectorOnEVSideDisconnect',
  ])
  // refused is not asked again of the same firmware; what took a restart has it then; nothing was rebooted from here
  keys.UnlockConnectorOnEVSideDisconnect = { value: 'new' }
  await boot()
  expect(await states()).toMatchObject({ StopTransactionOnEVSideDisconnect: 'refused', UnlockConnectorOnEVSideDisconnect: 'same' })
  expect([told(at, 'StopTransactionOnEVSideDisconnect'), told(at, 'ResetRetries'), told(at, 'LightIntensity')]).toEqual([
    ['new'],
    ['new'],
    [],
  ])
  expect(at.asked.some(({ method }) => method === 'Reset')).toBe(false)
  // new firmware may know better
  keys.StopTransactionOnEVSideDisconnect = { value: 'old' }
  await boot(at, '2.0')
  expect(await states()).toMatchObject({ StopTransactionOnEVSideDisconnect: 'same' })
})

test('a person’s repair reads again, tries what was refused before, and says what became of each', async () => {
  const keys: Keys = { LightIntensity: { value: 'old', says: 'Rejected' } }
  await desire('model', 'Acme Five', 'LightIntensity', 'on')
  const { at } = await has(keys, 'Five')
  const away = await has({ LightIntensity: { value: 'off' } }, 'Five')
  await away.at.client.close({ force: true })
  await until(() => !getRuntime().links.online(away.at.id))
  await prisma.charger.update({
    where: { id: away.at.id },
    data: { configuration: [{ key: 'LightIntensity', value: 'off', readonly: false }] },
  })
  const repair = (chargerId?: string) =>
    w.verb<{ chargers: { chargerId: string; outcome: string; text: string }[] }>('repairChargers', { chargerId })
  expect((await repair(at.id)).chargers).toEqual([{ chargerId: at.id, name: 'C6', outcome: 'refused', text: 'LightIntensity refused.' }])
  keys.LightIntensity = { value: 'broken by hand' }
  const { chargers } = await repair()
  expect(chargers.find(({ chargerId }) => chargerId === at.id)).toMatchObject({ outcome: 'done', text: '1 setting set.' })
  expect(chargers.find(({ chargerId }) => chargerId === away.at.id)).toMatchObject({ outcome: 'offline' })
  expect(keys.LightIntensity.value).toBe('on')
  expect(await setting(at, 'LightIntensity')).toMatchObject({ state: 'same', has: 'on' })
  await expect(w.verb('repairChargers', { chargerId: 'nobody' })).rejects.toMatchObject({ code: 'not-found' })
})

test('a maker’s own key may be a limit: no boot sets it, and a repair only where the site has room for the full power', async () => {
  const keys: Keys = { EcoMode: { value: 'off' } }
  await desire('model', 'Acme Eight', 'EcoMode', 'on')
  const { at } = await has(keys, 'Eight')
  expect(told(at, 'EcoMode')).toEqual([])
  expect(await setting(at, 'EcoMode')).toMatchObject({ state: 'differs' })
  const repair = async () =>
    (await w.verb<{ chargers: { outcome: string; text: string }[] }>('repairChargers', { chargerId: at.id })).chargers[0]
  await prisma.siteNode.update({ where: { id: 'n' }, data: { limitW: 5_000 } })
  expect(await repair()).toMatchObject({ outcome: 'refused', text: expect.stringMatching(/^EcoMode not sent \(.*full power/) })
  expect(keys.EcoMode!.value).toBe('off')
  await prisma.siteNode.update({ where: { id: 'n' }, data: { limitW: 10_000_000 } })
  expect(await repair()).toMatchObject({ outcome: 'done' })
  expect(keys.EcoMode!.value).toBe('on')
  expect(await setting(at, 'EcoMode')).toMatchObject({ state: 'same' })
})

test('a new wish is told at once where the depot repairs by itself, and waits for the button where not', async () => {
  const { at } = await has({ BlinkRepeat: { value: 'loud' } }, 'Six')
  const { id } = await desire('model', 'Acme Six', 'BlinkRepeat', 'quiet')
  expect(await setting(at, 'BlinkRepeat')).toMatchObject({ state: 'differs', has: 'loud' })
  expect(told(at, 'BlinkRepeat')).toEqual([])
  await setRepair(getRuntime(), anna, true)
  await until(() => told(at, 'BlinkRepeat').length === 1)
  await desire('model', 'Acme Six', 'blinkrepeat', 'off')
  await until(() => told(at, 'blinkrepeat').length === 1)
  await removeDesired(getRuntime(), anna, id)
  expect(await setting(at, 'BlinkRepeat')).toBeUndefined()
  await setRepair(getRuntime(), anna, false)
})

test('once a day the configuration is read; a drift is told, or put right where the depot wants that', async () => {
  const keys: Keys = { LightIntensity: { value: 'on' } }
  await desire('model', 'Acme Seven', 'LightIntensity', 'on')
  const { at } = await has(keys, 'Seven')
  const old = () => prisma.charger.update({ where: { id: at.id }, data: { configurationAt: new Date(Date.now() - days(1) - 1) } })
  const reads = () => at.asked.filter(({ method }) => method === 'GetConfiguration').length
  const before = reads()
  await makeSettingsWatch()(w.gateway, 'd')
  expect(reads()).toBe(before)
  keys.LightIntensity!.value = 'off'
  await old()
  await makeSettingsWatch()(w.gateway, 'd')
  expect(reads()).toBe(before + 1)
  expect(await w.line('review.drift', `charger:${at.id}`)).toEqual({ keys: ['LightIntensity'] })
  expect(keys.LightIntensity!.value).toBe('off')
  await prisma.depot.update({ where: { id: 'd' }, data: { repairAutomatically: true } })
  await old()
  await makeSettingsWatch()(w.gateway, 'd')
  expect(keys.LightIntensity!.value).toBe('on')
  await prisma.depot.update({ where: { id: 'd' }, data: { repairAutomatically: false } })
})

test('the offline policy is told in the charger’s own keys, to those that are here and to those that come back', async () => {
  const offline = () => ({
    LocalAuthorizeOffline: { value: 'true' },
    LocalPreAuthorize: { value: 'true' },
    LocalAuthListEnabled: { value: 'false' },
    AllowOfflineTxForUnknownId: { value: 'true' },
    AuthorizationCacheEnabled: { value: 'false' },
    StopTransactionOnInvalidId: { value: 'false' },
    MaxEnergyOnInvalidId: { value: '500' },
  })
  const values = (keys: Keys) => Object.fromEntries(Object.entries(keys).map(([key, { value }]) => [key, value]))
  const keys = offline()
  await has(keys)
  const online = { LocalPreAuthorize: 'false', StopTransactionOnInvalidId: 'true', MaxEnergyOnInvalidId: '0' }
  const lists = (use: string) => ({ LocalAuthorizeOffline: use, LocalAuthListEnabled: use, AuthorizationCacheEnabled: use })
  expect(values(keys)).toEqual({ ...online, ...lists('true'), AllowOfflineTxForUnknownId: 'false' })
  const awayKeys = offline()
  const away = await has(awayKeys)
  await away.at.client.close({ force: true })
  await until(() => !getRuntime().links.online(away.at.id))
  await setOfflinePolicy(getRuntime(), anna, 'anyone')
  await until(() => keys.AllowOfflineTxForUnknownId.value === 'true')
  await setOfflinePolicy(getRuntime(), anna, 'nobody')
  await until(() => keys.LocalAuthorizeOffline.value === 'false' && keys.AllowOfflineTxForUnknownId.value === 'false')
  expect(values(keys)).toEqual({ ...online, ...lists('false'), AllowOfflineTxForUnknownId: 'false' })
  const back = await w.connect(away.at.identity, away.answers)
  await away.boot(back)
  expect(values(awayKeys)).toEqual(values(keys))
  expect((await w.journal('setting.changed', 'd')).at(-1)!.data).toEqual({ setting: 'offlinePolicy', before: 'anyone', after: 'nobody' })
  expect((await chargerRules(getRuntime(), 'd')).offlinePolicy).toBe('nobody')
})

test('a setting for a model or group that nobody has is kept, with a hint at what there is', async () => {
  await has({ BlinkRepeat: { value: '9' } }, 'Nine', 'North side')
  expect(await desire('model', 'acme nine', 'BlinkRepeat', '3')).toMatchObject({ hint: null })
  const misspelt = await desire('group', 'Nroth side', 'BlinkRepeat', '3')
  expect(misspelt.hint).toMatch(/^No charger is in the group "Nroth side" now: it counts from the first one on\. There are: .*North side/)
  const { desired } = await chargerRules(getRuntime(), 'd')
  expect(desired.find(({ id }) => id === misspelt.id)).toMatchObject({ chargers: 0 })
  expect(desired.find(({ name }) => name === 'acme nine')).toMatchObject({ chargers: 1 })
})
