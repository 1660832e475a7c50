import { type Watts, watts } from '#lib/units/units.ts'
import { mayFollow, type WrittenLimit } from '../books.ts'
import { type FactPort, ZERO } from '../depot-facts.ts'
import type { PortHolding } from '../port-holding.ts'
import { RULES, type Rules } from './rules.ts'
import { BEGIN, clocks, handOver, lapse, newcomer, onOneLine, restarts, sessions, type World } from './world.ts'

/** One safeguard is taken away. `world`: a small one in which that must be found. */
export type Mutation = { without: string; rules: Rules; world: World }

const counting =
  (counts: (limit: WrittenLimit, all: WrittenLimit[], endedAt: (id: number) => unknown) => boolean): typeof mayFollow =>
  (limits, known) => {
    const all = mayFollow(limits, known)
    return all.filter((limit) => counts(limit, all, known.endedAt))
  }
const seeing = (port: (port: FactPort) => Partial<FactPort>): Pick<Rules, 'facts'> => ({
  facts: (facts) => ({ ...facts, ports: facts.ports.map((each) => ({ ...each, ...port(each) })) }),
})
const mutation = (without: string, world: World, change: Partial<Rules>): Mutation => ({ without, world, rules: { ...RULES, ...change } })

const readingAlone = (holding: PortHolding, _powerW: number, at: PortHolding['sent'][number]['sentAt']): PortHolding => ({
  ...holding,
  sent: holding.sent.map((limit) => (limit.outcome === 'accepted' ? { ...limit, countsAt: at } : limit)),
})

/** Every safeguard of the protocol. */
export const MUTATIONS: Mutation[] = [
  mutation('writing down before it leaves', handOver(), { writtenAhead: false }),
  mutation('counting what has no answer yet', handOver(), { mayFollow: counting(({ outcome }) => outcome !== 'pending') }),
  mutation('counting what was not answered in time', handOver(), { mayFollow: counting(({ outcome }) => outcome !== 'timeout') }),
  mutation('the larger of old and new until the new one is acknowledged', handOver(), {
    mayFollow: counting((limit, all) => limit.id === all.findLast(({ kind }) => kind === limit.kind)!.id),
  }),
  mutation('ten seconds for a charger to follow what it accepted', handOver(), {
    answered: (outcome, at) => (outcome === 'accepted' ? { outcome, answeredAt: at, countsAt: at } : { outcome, answeredAt: at }),
  }),
  mutation(
    'cuts before raises',
    handOver(),
    seeing(({ limits }) => ({ limits: limits.slice(-1).map((each) => ({ ...each, curve: ZERO })) })),
  ),
  mutation('a reading at or under the cut, not any reading', handOver(), { withReading: readingAlone }),
  mutation(
    'the limit of every node',
    { ...handOver(), serviceW: watts(28_800) },
    {
      facts: (facts) => ({ ...facts, nodes: facts.nodes.map((node) => (node.id === 'panel' ? { ...node, limitW: undefined } : node)) }),
    },
  ),
  mutation('the amperes of each line', onOneLine(), {
    facts: (facts) => ({ ...facts, nodes: facts.nodes.map(({ limitMa: _, ...node }) => node) }),
  }),
  mutation(
    'the fallback, whatever the limit',
    lapse(),
    seeing(() => ({ fallbackW: 0 as Watts, fallbacks: [] })),
  ),
  mutation(
    'what an unreachable charger was given',
    restarts(),
    seeing(({ online, limits }) => ({ limits: online ? limits : [] })),
  ),
  mutation(
    'what it was given before it restarted',
    restarts(),
    seeing(({ bootedAt, limits }) => ({
      limits: limits.filter(({ acceptedAt }) => bootedAt === undefined || (acceptedAt ?? bootedAt) > bootedAt),
    })),
  ),
  mutation('limits that outlive their transaction', sessions({ ticks: 2, refusals: 0, repeats: 0 }), {
    mayFollow: counting(({ sessionId }, _, endedAt) => sessionId === null || endedAt(sessionId) === undefined),
  }),
  mutation(
    'the nameplate until the fallback is confirmed',
    newcomer({ forgetfulReboots: 0 }),
    seeing(({ fallbackConfirmedAt }) => ({ fallbackConfirmedAt: fallbackConfirmedAt ?? BEGIN })),
  ),
  mutation('the nameplate until the fallback is followed', newcomer({ forgetfulReboots: 0 }), { fallbackSettles: false }),
  mutation('doubt after the restart of a model that forgets', newcomer(), { confirmedSince: (confirmedAt) => confirmedAt }),
  mutation('confirming a fallback as of its sending', newcomer({ ticks: 3, replans: 1, sends: 3, refusals: 0, crashes: 0 }), {
    confirms: () => true,
    confirmedAt: (_, answeredAt) => answeredAt,
  }),
  mutation('allowing for wrong clocks', clocks(), { facts: (facts) => ({ ...facts, skewMs: 0 }) }),
]
