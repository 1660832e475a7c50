import { describe, expect, test } from 'vitest'
import { hours, type Instant, plus, seconds } from '#lib/time/instant.ts'
import { judgeNights } from './days-hindsight.ts'
import { type Known, makeEnvelopeJudge, makeWireJudge } from './days-judge.ts'
import { drawDays, FROM } from './days-world.ts'

const at = (s: number) => plus(FROM, seconds(s))
const known: Known = { limit: () => 20_000, base: () => 0, turns: [] }
const row = (id: number, kind: 'fallback' | 'session', limitW: number, from: Instant = FROM) => ({
  id,
  kind,
  session: kind === 'session' ? id : undefined,
  steps: [{ from, limitW }],
  sentAt: FROM,
})
const looks = (judge: ReturnType<typeof makeEnvelopeJudge>, when: Instant, where = known) => {
  const before = judge.passed.length
  judge.look(when, where)
  return judge.passed.slice(before)
}

describe('the judge of the envelope', () => {
  const begun = () => {
    const judge = makeEnvelopeJudge(2)
    for (const van of [1, 2]) {
      judge.sent(van, row(van, 'fallback', 1_440))
      judge.heard(van, van, 'accepted', FROM)
    }
    return judge
  }
  test('a charger counts with its nameplate until it has had ten seconds for its fallback', () => {
    const judge = begun()
    expect(looks(judge, at(5))).not.toEqual([])
    expect(looks(judge, at(11))).toEqual([])
  })
  test('what was sent counts before it is answered; refused it does not; replaced it does for ten seconds more', () => {
    const judge = begun()
    judge.sent(1, row(3, 'session', 19_000))
    expect(looks(judge, at(20))).toMatchObject([{ line: 'service', over: 440 }, { line: 'panel-a' }])
    judge.heard(1, 3, 'refused', at(21))
    expect(looks(judge, at(21))).toEqual([])
    judge.sent(1, row(4, 'session', 19_000))
    judge.heard(1, 4, 'accepted', at(22))
    judge.sent(1, row(5, 'session', 6_000))
    judge.heard(1, 5, 'accepted', at(30))
    expect(looks(judge, at(39))).not.toEqual([])
    expect(looks(judge, at(41))).toEqual([])
  })
  test('a step that is hours away is seen now, also one of what the connection carries', () => {
    const judge = begun()
    judge.sent(2, {
      ...row(3, 'session', 1_440),
      steps: [
        { from: FROM, limitW: 1_440 },
        { from: at(7_200), limitW: 19_200 },
      ],
    })
    expect(looks(judge, at(20))[0]).toMatchObject({ at: at(7_195) })
    const lower: Known = { ...known, limit: (_, when) => (when >= at(3_600) ? 2_000 : 20_000), turns: [at(3_600)] }
    expect(looks(judge, at(20), lower)[0]).toMatchObject({ at: at(3_600), over: 880 })
  })
  test('one that has forgotten counts with its nameplate; one that is out of use with nothing', () => {
    const judge = begun()
    judge.forgot(1, at(100))
    expect(looks(judge, at(101))).not.toEqual([])
    judge.outOfUse(1, true)
    expect(looks(judge, at(102))).toEqual([])
  })
})

test('the judge of the wires tells how long a limit was passed, and which quarter hours were over in the mean', () => {
  const judge = makeWireJudge(() => 10_000)
  judge.flows(FROM, at(60), () => 12_000)
  judge.flows(at(60), at(900), () => 9_900)
  judge.flows(at(900), at(1_800), () => 10_500)
  judge.flows(at(1_800), at(1_860), () => 0)
  expect(judge.overs.filter(({ line }) => line === 'service')).toMatchObject([
    { from: FROM, seconds: 60, most: 2_000 },
    { from: at(900), seconds: 900 },
  ])
  expect(judge.meansOver.filter(({ line }) => line === 'service')).toMatchObject([{ at: FROM }, { at: at(900) }])
})

test('hindsight tells who need not have been late: there was room, or there was none', async () => {
  const days = drawDays(1, 1)
  const stay = { van: 1, arrives: plus(FROM, hours(6)), departs: plus(FROM, hours(16)), mustWh: 60_000, usedWh: 0 }
  const flowed = { portWh: Array.from({ length: 14 }, () => new Array<number>(97).fill(0)), buildingWh: new Array<number>(97).fill(0) }
  const outcomes = [{ stay, cameWh: 20_000, leftWh: 50_000 }]
  expect(await judgeNights(days, outcomes, flowed, () => false)).toMatchObject([{ missingWh: 10_000, unavoidableWh: 0 }])
  const dark = await judgeNights({ ...days, serviceW: () => 2_000 }, outcomes, flowed, () => false)
  expect(dark[0]!.unavoidableWh).toBeGreaterThan(20_000)
  const lost = await judgeNights(days, [{ stay, cameWh: 20_000, leftWh: 20_000 }], flowed, (van) => van === 1)
  expect(lost[0]!.unavoidableWh).toBeCloseTo(40_000, -2)
})
