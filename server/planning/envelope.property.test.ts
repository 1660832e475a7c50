import fc from 'fast-check'
import { expect, test } from 'vitest'
import { envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import { seconds } from '#lib/time/instant.ts'
import { readFacts } from './facts.ts'
import { followsW, type Manner, testDepot } from './test-depot.ts'

// Whatever chargers answer, whatever the plan wants, and whenever the gateway dies: at each commit the envelope of the rows is under the cap.

const CAP_W = 16_000
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
)

test('the envelope holds at each commit and each charger is under it', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 18 }), async (steps) => {
      const depot = await testDepot({ ports: 4, capW: CAP_W })
      await depot.allConfirmed()
      for (const charger of depot.chargers.values()) charger.fallbackW = 0
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
      }
      depot.seen.leaving = check
      const sessions = new Set<number>()
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
          case 'crash': {
            const dying = gateway
            gateway = await depot.start()
            await dying.close()
            break
          }
        }
        await gateway.reconciler.depot('north')
        await gateway.idle()
        await check()
      }
      await gateway.close()
      await depot.closeDatabase()
    }),
    { numRuns: 8, seed: 20261123, endOnFailure: true },
  )
})

/** 0, or a whole number of amperes from 6 on. */
const set = (amperes: number): number => (amperes < 6 ? 0 : amperes * 240)
