import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import { type Instant, iso, plus, seconds } from '#lib/time/instant.ts'
import { sendCall } from '../charging/send-call.ts'
import { readFacts } from './facts.ts'
import { followsW, type Manner, testDepot } from './test-depot.ts'

// Whatever chargers answer, whatever the plan wants, whatever people and other systems call, and whenever the gateway dies: at each commit the envelope of the rows is under the cap.

const CAP_W = 16_000
/** What the contract allows on each phase. */
const PHASE_A = 45
const LINES: [number, string | null][] = [
  [1, 'l1 l2'],
  [2, 'l2 l1'],
  [3, 'l2 l3'],
  [4, null],
]
/** The fourth is on l3 and l1, and the records do not know it. */
const wiredTo = (chargerId: string): string => LINES.find(([n]) => `c${n}` === chargerId)![1] ?? 'l3 l1'
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('want' as const),
      port: fc.nat(3),
      now: fc.integer({ min: 0, max: 40 }),
      soon: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), s: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('manner' as const),
      port: fc.nat(3),
      manner: fc.constantFrom<Manner>('accepts', 'refuses', 'isMute', 'breaks'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reach' as const), port: fc.nat(3), online: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('session' as const), port: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      port: fc.nat(3),
      what: fc.constantFrom('limit', 'fallback', 'clear', 'vendor', 'firmware', 'inoperative', 'operative', 'reset'),
      amperes: fc.integer({ min: 0, max: 40 }),
      later: fc.integer({ min: 0, max: 40 }),
      waits: fc.boolean(),
    }),
  },
)

test('the envelope holds at each commit and each charger is under it', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 18 }), async (steps) => {
      const depot = await testDepot({ ports: 4, capW: CAP_W })
      await depot.allConfirmed()
      for (const charger of depot.chargers.values()) charger.fallbackW = 0
      // two on the same two lines, one on others, one of which nobody told
      await depot.db.prisma.siteNode.update({ where: { id: 'service' }, data: { phaseLimitMa: PHASE_A * 1000 } })
      for (const [n, lines] of LINES) await depot.db.prisma.port.update({ where: { id: `p${n}` }, data: { lines } })
      let gateway = depot.gateway
      const check = async () => {
        const read = await readFacts(depot.db.prisma, 'north', depot.clock.now(), gateway.reconciler.reach)
        expect(checkEnvelope(envelopeOf(read!.facts))).toEqual({ kind: 'within' })
        // what chargers in fact follow: those without a session give nothing
        const open = new Set((await depot.db.prisma.session.findMany({ where: { stoppedAt: null } })).map(({ portId }) => portId))
        const total = [...depot.chargers.values()]
          .filter(({ id }) => open.has(`p${id.slice(1)}`))
          .reduce((sum, charger) => sum + followsW(charger, depot.clock.now()), 0)
        expect(total).toBeLessThanOrEqual(CAP_W)
        for (const line of ['l1', 'l2', 'l3']) {
          const onLine = [...depot.chargers.values()].filter(({ id }) => open.has(`p${id.slice(1)}`) && wiredTo(id).includes(line))
          const amperes = onLine.reduce((sum, charger) => sum + followsW(charger, depot.clock.now()) / 240, 0)
          expect(amperes).toBeLessThanOrEqual(PHASE_A)
        }
      }
      depot.seen.leaving = check
      const sessions = new Set<number>()
      const calls: Promise<unknown>[] = []
      for (const n of [1, 2, 3, 4]) {
        await depot.plug(n)
        sessions.add(n)
      }
      for (const each of steps) {
        const n = 'port' in each ? each.port + 1 : 0
        switch (each.do) {
          case 'want':
            await depot.want(n, [0, set(each.now)], [5, set(each.soon)])
            break
          case 'wait':
            await depot.clock.move(seconds(each.s))
            break
          case 'manner':
            depot.charger(`c${n}`).manner = each.manner
            break
          case 'reach':
            depot.charger(`c${n}`).online = each.online
            break
          case 'session':
            if (sessions.delete(n)) {
              await depot.unplug(n)
              depot.charger(`c${n}`).limits.clear() // a limit ends with its transaction
            } else {
              await depot.plug(n)
              sessions.add(n)
            }
            break
          case 'call': {
            const open = await depot.db.prisma.session.findFirst({ where: { portId: `p${n}`, stoppedAt: null } })
            const [action, payload] = callOf(each, open?.id, depot.clock.now())
            const asked = { depotId: 'north', chargerId: `c${n}`, action, payload, actor: 'key:fuzz' }
            // some are on their way while the plan changes
            const sent = sendCall(gateway, asked)
            if (each.waits) await sent
            else calls.push(sent)
            break
          }
          case 'crash': {
            const dying = gateway
            gateway = await depot.start()
            await dying.close()
            break
          }
        }
        await gateway.reconciler.depot('north')
        await Promise.all(calls.splice(0))
        await gateway.idle()
        await check()
      }
      await gateway.close()
      await depot.closeDatabase()
    }),
    { numRuns: 8, seed: 20261123, endOnFailure: true },
  )
})

type Call = { what: string; amperes: number; later: number }

/** A call as somebody may make it: well formed, and as greedy as it may be. */
function callOf({ what, amperes, later }: Call, session: number | undefined, now: Instant): [SendableAction, Record<string, unknown>] {
  const limitA = set(amperes) / 240
  const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: limitA }] }
  const slot = { stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Relative', chargingSchedule: schedule }
  switch (what) {
    case 'limit': {
      const periods = [...schedule.chargingSchedulePeriod, { startPeriod: 300, limit: set(later) / 240 }]
      const own = { ...schedule, startSchedule: iso(plus(now, -seconds(60))), chargingSchedulePeriod: periods }
      const more = {
        chargingProfileId: 2001,
        transactionId: session ?? 1,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
      }
      return ['SetChargingProfile', { connectorId: 1, csChargingProfiles: { ...slot, ...more, chargingSchedule: own } }]
    }
    case 'fallback':
      return ['SetChargingProfile', { connectorId: 1, csChargingProfiles: { ...slot, chargingProfileId: 1001 } }]
    case 'clear':
      return ['ClearChargingProfile', {}]
    case 'vendor':
      return ['DataTransfer', { vendorId: 'com.maker', data: 'limit=off' }]
    case 'firmware':
      return ['UpdateFirmware', { location: 'https://files.example.com/a.bin', retrieveDate: iso(now) }]
    case 'reset':
      return ['Reset', { type: 'Soft' }]
    default:
      return ['ChangeAvailability', { connectorId: 1, type: what === 'operative' ? 'Operative' : 'Inoperative' }]
  }
}

/** 0, or a whole number of amperes from 6 on. */
const set = (amperes: number): number => (amperes < 6 ? 0 : amperes * 240)
