import { expect, test } from 'vitest'
import { plugIn, testDepot, until } from './test-depot.ts'

const depot = await testDepot(4)
const endpoint = await depot.start({ bootAwaitedMs: 3_000 })
const { prisma } = depot.db
const charger = (id: string) => prisma.charger.findUniqueOrThrow({ where: { id } })
const boot = { chargePointVendor: 'Acme', chargePointModel: 'One' }
const has = (keys: Record<string, string>) => () => ({
  configurationKey: Object.entries(keys).map(([key, value]) => ({
    key,
    value,
    readonly: key.startsWith('Charg') || key === 'NumberOfConnectors',
  })),
  unknownKey: [],
})

test('a boot is commissioned: what it is becomes data, what we need is set, then its limits are reconciled', async () => {
  const at = await plugIn(depot, endpoint, 'C1', {
    GetConfiguration: has({
      NumberOfConnectors: '2',
      ChargingScheduleAllowedChargingRateUnit: 'Power',
      ChargingScheduleMaxPeriods: '24',
      ChargeProfileMaxStackLevel: '3',
      SupportedFeatureProfiles: 'Core,SmartCharging,RemoteTrigger',
      MeterValueSampleInterval: '60',
      MeterValuesSampledData: 'Energy.Active.Import.Register',
      ClockAlignedDataInterval: '900',
      HeartbeatInterval: '86400',
    }),
    // it knows no SoC
    ChangeConfiguration: ({ value }) => ({ status: String(value).includes('SoC') ? 'Rejected' : 'Accepted' }),
  })
  await at.call('BootNotification', boot)
  await until(async () => (await charger('c1')).commissionedAt)
  const { quirks, configuration, commissionProblem } = await charger('c1')
  expect(commissionProblem).toBeNull()
  expect(quirks).toMatchObject({ units: ['W'], maxPeriods: 24, stackLevel: 3, connectors: 2, smartCharging: true, remoteTrigger: true })
  const set = Object.fromEntries(
    at.asked.filter(({ method }) => method === 'ChangeConfiguration').map(({ params }) => [params.key, params.value]),
  )
  expect(set).toEqual({
    MeterValueSampleInterval: '15',
    MeterValuesSampledData: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import',
    HeartbeatInterval: '300',
  })
  expect(configuration).toContainEqual({ key: 'MeterValueSampleInterval', value: '15', readonly: false })
  await until(() => depot.woken.filter((line) => line === 'reconcile c1').length >= 3)
  // whole watts where amperes are refused
  await endpoint.links.call('c1', { kind: 'setFallback', port: 1, limitW: 1500 as never })
  expect(at.asked.at(-1)?.params).toMatchObject({
    connectorId: 1,
    csChargingProfiles: {
      stackLevel: 3,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 1440, numberPhases: 1 }] },
    },
  })
})

test('what a charger cannot do is one sentence for the operator, and its journal asks for a look', async () => {
  const at = await plugIn(depot, endpoint, 'C2', {
    GetConfiguration: has({ NumberOfConnectors: '1', SupportedFeatureProfiles: 'Core', MeterValueSampleInterval: '60' }),
    ChangeConfiguration: () => ({ status: 'Rejected' }),
  })
  await at.call('BootNotification', boot)
  await until(async () => (await charger('c2')).commissionedAt)
  expect((await charger('c2')).commissionProblem).toBe(
    'It has 1 connector, 2 are registered. It cannot be limited: it has no smart charging. It refuses MeterValueSampleInterval=15.',
  )
  expect(await prisma.journal.count({ where: { kind: 'review.commission', subject: 'charger:c2' } })).toBe(1)
})

test('a return without a boot: it is commissioned all the same, and asked for its state', async () => {
  const at = await plugIn(depot, endpoint, 'C3')
  await until(() => at.asked.some(({ method, params }) => method === 'TriggerMessage' && params.requestedMessage === 'StatusNotification'))
  expect((await charger('c3')).commissionedAt).not.toBeNull()
  expect((await charger('c3')).commissionProblem).toBe('It does not tell its configuration.')
})

test('a charger that leaves in the middle is not called commissioned', async () => {
  const at = await plugIn(depot, endpoint, 'C4', { GetConfiguration: () => new Promise(() => {}) })
  await at.call('BootNotification', boot)
  await until(() => at.asked.length > 0)
  await at.close({ force: true })
  await until(async () => (await charger('c4')).connectedAt === null)
  expect((await charger('c4')).commissionedAt).toBeNull()
})
