import { expect, test } from 'vitest'
import { instant, plus } from '#lib/time/instant.ts'
import { type JudgedNode, makeJudge, type PortSecond } from './judge.ts'

const START = instant('2026-03-10T20:00:00Z')
const site: JudgedNode = { id: 'service', capW: 10_000 }

/** Lets the judge look at `seconds` seconds, each with these ports. */
function living(nodes: JudgedNode[]) {
  const judge = makeJudge(nodes)
  let at = START
  return {
    judge,
    live(seconds: number, ...ports: PortSecond[]) {
      for (let s = 0; s < seconds; s++) {
        at = plus(at, 1000)
        judge.look(at, ports)
      }
    },
  }
}
const port = (id: string, powerW: number, limitW = powerW): PortSecond => ({ id: `${id}/1`, powerW, limitW })

test('power at the cap is no over; a watt more is one', () => {
  const { judge, live } = living([site])
  live(60, port('A', 5_000), port('B', 5_000))
  expect(judge.verdict().overs).toEqual([])
  live(5, port('A', 5_000), port('B', 5_001))
  live(60, port('A', 5_000), port('B', 5_000))
  expect(judge.verdict().overs).toEqual([
    { from: plus(START, 60_000), seconds: 5, mostExcessW: 1, mostDisobedienceW: 0, disobedient: [], unexplainedSeconds: 5 },
  ])
  expect(judge.verdict()).toMatchObject({ mostW: 10_001, mostAt: plus(START, 61_000), seconds: 125 })
})

test('a charger that draws above its own limit is named, after the ten seconds it has to follow', () => {
  const { judge, live } = living([site])
  live(30, port('A', 5_000), port('B', 8_000, 5_000))
  const [over] = judge.verdict().overs
  expect(over).toMatchObject({ seconds: 30, mostExcessW: 3_000, mostDisobedienceW: 3_000, disobedient: ['B/1'], unexplainedSeconds: 10 })
})

test('five percent or half a kilowatt above the limit is tolerance, not disobedience', () => {
  const { judge, live } = living([site])
  live(60, port('A', 5_000), port('B', 5_450, 5_000))
  expect(judge.verdict().overs[0]).toMatchObject({ disobedient: [], unexplainedSeconds: 60 })
})

test('15-minute means: two minutes of over within a quiet quarter are no over of the mean', () => {
  const { judge, live } = living([site])
  live(780, port('A', 9_000))
  live(120, port('A', 12_000))
  live(900, port('A', 10_100))
  const { means, meansOver } = judge.verdict()
  expect(means.map((m) => m.meanW)).toEqual([9_400, 10_100])
  expect(meansOver).toEqual([{ from: plus(START, 900_000), seconds: 900, meanW: 10_100, capW: 10_000 }])
})

test('a quarter that is not over yet has a mean, but no verdict', () => {
  const { judge, live } = living([site])
  live(600, port('A', 12_000))
  expect(judge.verdict()).toMatchObject({ means: [{ seconds: 600, meanW: 12_000 }], meansOver: [] })
})

test('each node has its own ports, base load and cap', () => {
  const { judge, live } = living([
    { id: 'service', capW: (at) => (at > plus(START, 60_000) ? 8_000 : 20_000), baseLoadW: () => 2_000 },
    { id: 'panel', capW: 4_000, ports: ['A/1'] },
  ])
  live(120, port('A', 3_000), port('B', 4_000))
  expect(judge.verdict('service').overs).toMatchObject([{ seconds: 60, mostExcessW: 1_000 }])
  expect(judge.verdict('panel')).toMatchObject({ mostW: 3_000, overs: [] })
  expect(() => judge.verdict('attic')).toThrow('no node attic')
})
