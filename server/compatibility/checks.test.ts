import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { profileOf, putBack } from './default-profile.ts'
import { makeDesk } from './run-check.ts'
import { type CheckWorld, checkWorld } from './test-world.ts'

// Compatibility checks (R15), over real sockets with the whole gateway: who lies is found out.

describe('an honest charger', () => {
  let world: CheckWorld
  beforeAll(async () => {
    world = await checkWorld()
    return () => world.close()
  })

  test('passes every line that can be tried while a van charges, and follows its limit', async () => {
    await world.ready()
    await world.confirmed()
    await world.charging()
    const found = await world.check({ mayUseVehicle: true })
    const odd = found.lines.filter(({ result }) => result !== 'pass').map(({ id, result, says }) => [id, result, says])
    expect(odd).toEqual([
      ['heartbeat', 'notTried', expect.any(String)],
      ['keepsProfiles', 'notTried', 'Nobody said that it may be restarted.'],
    ])
    expect([found.state, found.grade]).toEqual(['done', 'follows'])
    expect(await world.model()).toMatchObject({ vendor: 'Yardwatt', model: 'Sim 80', grade: 'follows', checkId: found.id })
  }, 60_000)

  test('each line that asked something names the rows of the raw log', async () => {
    const found = await world.latest()
    const minimum = found.lines.find(({ id }) => id === 'minimum')!
    expect(minimum.evidence.map(({ action, direction }) => `${direction} ${action}`)).toEqual([
      'out SetChargingProfile',
      'in SetChargingProfile',
    ])
    const rows = await world.prisma.ocppMessage.findMany({ where: { id: { in: minimum.evidence.map(({ id }) => BigInt(id)) } } })
    expect(rows.map(({ messageId }) => messageId)).toEqual(minimum.evidence.map(({ messageId }) => messageId))
    expect(found.lines.find(({ id }) => id === 'follows')!.evidence.some(({ action }) => action === 'MeterValues')).toBe(true)
  })

  test('puts everything back: the fallback, and the limit of the van', async () => {
    await world.until(async () => (await world.port('p1')).fallbackW === 0 || undefined, 10_000)
    // the limit of the check is gone: the plan gives the van its power again, at the time that suits the plan
    await world.until(async () => {
      const wanted = await world.prisma.limitWanted.findUnique({ where: { portId: 'p2' } })
      return ((wanted?.curve ?? []) as { limitW: number }[]).some(({ limitW }) => limitW > 5_000) || undefined
    }, 10_000)
    const ours = world.charger.memory.profiles.map(({ profile }) => profile.chargingProfileId).sort()
    expect(ours, 'a fallback per port and the plan of the session').toEqual([1001, 1002, 2002])
  }, 30_000)

  test('keeps its limits over a restart, and what was proven before stays proven', async () => {
    world.charger.unplug(2)
    await world.until(async () => (await world.prisma.session.count({ where: { stoppedAt: null } })) === 0 || undefined)
    const found = await world.check({ mayRestart: true })
    expect(found.line('keepsProfiles')).toMatchObject({ result: 'pass' })
    expect(found.line('keepsProfiles').evidence.map(({ action }) => action)).toContain('BootNotification')
    expect(found.grade).toBe('unproven')
    expect(await world.model()).toMatchObject({ grade: 'follows', quirks: { keepsProfiles: true, followsLimits: true } })
    await world.confirmed()
  }, 60_000)
})

describe('a charger that accepts and ignores', () => {
  let world: CheckWorld
  beforeAll(async () => {
    world = await checkWorld()
    return () => world.close()
  })

  test('is graded so, its model is known for it, and its full power is reserved', async () => {
    await world.ready()
    await world.confirmed()
    world.charger.fault('acceptsAndIgnores')
    await world.charging()
    const found = await world.check({ mayUseVehicle: true })
    expect(found.line('follows').says).toContain('accepts but does not follow')
    expect(found.line('follows')).toMatchObject({ result: 'fail', measured: { followsLimits: false } })
    expect(found.grade).toBe('acceptsOnly')
    expect(await world.model()).toMatchObject({ grade: 'acceptsOnly', quirks: { followsLimits: false } })
    expect(await world.quirks()).toMatchObject({ followsLimits: false })
    // its other port, too, though it has accepted a fallback of 0
    await world.until(async () => world.gateway.reconciler.mayGiveW('p1', world.clock.now()) === 19_200 || undefined, 10_000)
    expect((await world.port('p1')).fallbackW).toBe(0)
  }, 60_000)
})

describe('a charger that loses its profiles in a restart', () => {
  let world: CheckWorld
  beforeAll(async () => {
    world = await checkWorld()
    return () => world.close()
  })

  test('is found out with consent; without it nothing restarts', async () => {
    await world.ready()
    await world.confirmed()
    world.charger.fault('losesProfilesOnReboot')
    const without = await world.check()
    expect(without.line('keepsProfiles').result).toBe('notTried')
    expect(world.charger.receivedCalls('Reset')).toEqual([])
    const found = await world.check({ mayRestart: true })
    expect(found.line('keepsProfiles')).toMatchObject({ result: 'fail', measured: { keepsProfiles: false } })
    expect(found.line('keepsProfiles').says).toContain('loses its limits')
    expect(await world.quirks()).toMatchObject({ keepsProfiles: false })
    // and its fallbacks are stored anew
    await world.confirmed()
    expect(world.charger.limitW(1)).toBe(0)
  }, 60_000)
})

describe('where the site has no room for its full power', () => {
  let world: CheckWorld
  beforeAll(async () => {
    world = await checkWorld({ capW: 20_000 })
    return () => world.close()
  })

  test('it is not restarted, and nothing above the cap is tried', async () => {
    await world.ready()
    await world.confirmed()
    const found = await world.check({ mayRestart: true })
    expect(found.line('keepsProfiles').result).toBe('notTried')
    expect(found.line('keepsProfiles').says).toContain('too little room')
    expect(world.charger.receivedCalls('Reset')).toEqual([])
    expect(await world.highestW('p1')).toBe(7 * 240)
  }, 60_000)
})

test.each([
  ['onePeriodOnly', 'periods', { maxPeriods: 1 }],
  ['keepsFirstPeriodOnly', 'periods', { maxPeriods: 1 }],
  ['refusesZero', 'zero', { refusesZero: true }],
  ['wattsOnly', 'amperes', undefined],
  ['minimum7A', 'minimum', { minA: 7 }],
  ['stackLevelZeroOnly', 'stackLevels', undefined],
] as const)(
  '%s: found by the line “%s”',
  async (fault, id, measured) => {
    const world = await checkWorld()
    onTestFinished(() => world.close())
    await world.ready()
    await world.confirmed()
    world.charger.fault(fault)
    const found = await world.check()
    if (measured) expect(found.line(id).measured).toMatchObject(measured)
    if (fault === 'wattsOnly') expect(found.measured.units).toEqual(['W'])
    if (fault === 'stackLevelZeroOnly') expect(found.measured.stackLevel).toBe(0)
    if (measured) expect(await world.quirks()).toMatchObject(measured)
    await world.until(async () => (await world.port('p1')).fallbackW === (fault === 'refusesZero' ? 1_440 : 0) || undefined, 15_000)
  },
  60_000,
)

test('a charger without smart charging cannot be limited', async () => {
  const world = await checkWorld()
  onTestFinished(() => world.close())
  await world.ready()
  world.charger.fault('noSmartCharging')
  const found = await world.check()
  expect(found.line('minimum').result).toBe('notSupported')
  expect(found.line('smartCharging').result).toBe('notSupported')
  expect(found.grade).toBe('cannotBeLimited')
}, 60_000)

test('what is known of a model is used for a charger of it that comes for the first time, and beats what it tells', async () => {
  const world = await checkWorld()
  onTestFinished(() => world.close())
  const quirks = { maxPeriods: 1, keepsProfiles: false, minA: 8 }
  await world.prisma.chargerModel.create({ data: { vendor: 'Yardwatt', model: 'Sim 80', quirks } })
  await world.ready()
  expect(await world.quirks()).toMatchObject(quirks)
}, 30_000)

describe('a check that does not come to its end', () => {
  let world: CheckWorld
  beforeAll(async () => {
    world = await checkWorld()
    await world.ready()
    await world.confirmed()
    return () => world.close()
  })
  const restored = () =>
    world.until(async () => {
      const { fallbackW } = await world.port('p1')
      return (fallbackW === 0 && world.charger.limitW(1) === 0) || undefined
    }, 15_000)

  /** Each port took its fallback since the charger's start, and none is on its way: nothing is in doubt. */
  const known = () =>
    world.until(async () => {
      const { bootedAt, ports } = await world.prisma.charger.findUniqueOrThrow({ where: { id: 'c1' }, include: { ports: true } })
      return ports.every(({ fallbackConfirmedAt }) => fallbackConfirmedAt && bootedAt && fallbackConfirmedAt > bootedAt) || undefined
    }, 15_000)

  test('one at a time; cancelled it keeps its lines, teaches nothing and puts the fallback back', async () => {
    const { id } = await world.begin()
    await expect(world.begin()).rejects.toMatchObject({ code: 'conflict' })
    await world.charger.waitFor(() => world.charger.receivedCalls('SetChargingProfile').length > 4, 'limits are tried')
    await world.gateway.checks.cancel(world.gateway, { depotId: 'north', chargerId: 'c1', checkId: id, actor: 'user:anna' })
    expect(await world.latest()).toMatchObject({ state: 'cancelled', grade: null })
    expect(await world.model()).toBeNull()
    await restored()
  }, 60_000)

  test('what it set beside the fallback goes with it: nothing else is followed where ours is cleared', async () => {
    const input = { depotId: 'north', chargerId: 'c1', actor: 'user:anna', mayRestart: false, mayUseVehicle: false }
    const desk = (await makeDesk(world.gateway, input, new AbortController().signal))!
    const csChargingProfiles = profileOf(desk, [6], { unit: 'A', stackLevel: 0 }, 3001)
    const payload = { connectorId: 1, csChargingProfiles }
    await world.gateway.links.call('c1', { kind: 'message', action: 'SetChargingProfile', payload })
    const ids = () => world.charger.memory.profiles.map(({ profile }) => profile.chargingProfileId)
    expect(ids()).toContain(3001)
    desk.besides = 3001
    await putBack(desk)
    expect(ids()).not.toContain(3001)
  }, 30_000)

  test('the charger goes away: broken, and the fallback is put back when it is there again', async () => {
    await world.begin()
    await world.charger.waitFor(
      () => world.charger.memory.profiles.some((i) => i.profile.chargingSchedule.chargingSchedulePeriod[0]!.limit > 0),
      'a limit is tried',
    )
    world.charger.fault('offline')
    await world.gateway.checks.idle()
    expect(await world.latest()).toMatchObject({ state: 'broken', detail: 'The charger went offline.' })
    world.charger.fault('offline', false)
    await restored()
  }, 60_000)

  test('the gateway dies meanwhile: at its next start the check is broken and every fallback is sent anew', async () => {
    const startedAt = new Date(world.clock.now())
    await world.prisma.compatibilityCheck.create({
      data: { id: 'orphan', depotId: 'north', chargerId: 'c1', state: 'running', createdBy: 'user:anna', startedAt },
    })
    await known()
    const before = world.charger.receivedCalls('SetChargingProfile').length
    await world.gateway.checks.recover(world.gateway)
    await world.charger.waitFor(() => world.charger.receivedCalls('SetChargingProfile').length >= before + 2, 'both fallbacks')
    expect(await world.latest()).toMatchObject({ id: 'orphan', state: 'broken' })
    await known()
  }, 30_000)

  test('an offline charger is not checked', async () => {
    world.charger.close()
    await world.until(() => !world.gateway.links.online('c1') || undefined)
    await expect(world.begin()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('offline') })
  })
})
