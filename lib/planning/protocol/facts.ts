import type { Watts } from '#lib/units/units.ts'
import { constantCurve } from '../curve.ts'
import { type DepotFacts, type FactPort, ZERO } from '../depot-facts.ts'
import type { Rules } from './rules.ts'
import { nowOf, type Port, type State } from './state.ts'
import { NAMEPLATE_W, points, type World } from './world.ts'

/** What the books say of a depot, as server/planning/facts.ts reads it. Back-off and daily writes only delay, and passes come late anyway. */
export const factsOf = (world: World, rules: Rules, state: State): DepotFacts => {
  const now = nowOf(state)
  const circuit = { volts: 240, wiring: 'L-N' as const, baseLoad: ZERO, stopped: false }
  return rules.facts({
    now,
    skewMs: world.skewMs,
    nodes: [
      { ...circuit, id: 'service', name: 'Service', limitW: world.serviceW },
      {
        ...circuit,
        id: 'panel',
        parent: 'service',
        name: 'Panel',
        limitW: world.panelW,
        ...(world.lines ? { limitMa: world.lines.panelMa } : {}),
      },
      ...world.ports.map(({ panel }, i) => ({
        ...circuit,
        id: `c${i}`,
        parent: panel ? 'panel' : 'service',
        name: `Charger ${i}`,
        limitW: NAMEPLATE_W,
      })),
    ],
    ports: state.ports.map((port, i) => factPort(world, rules, state, port, i)),
  })
}

const factPort = (world: World, rules: Rules, state: State, { books }: Port, i: number): FactPort => {
  const now = nowOf(state)
  const { fallbackW, keeps } = world.ports[i]!
  const open = rules.mayFollow(books.rows, { now, skewMs: world.skewMs, endedAt: (id) => books.ended[id] })
  return {
    id: `p${i}`,
    chargerId: `c${i}`,
    number: 1,
    node: `c${i}`,
    points,
    mostW: NAMEPLATE_W,
    phases: [world.lines?.of[i] ?? 'l1'],
    maxPeriods: 6,
    online: books.online,
    known: true,
    bootedAt: books.bootedAt,
    fallbackW: books.fallbackW,
    fallbackConfirmedAt: rules.confirmedSince(books.confirmedAt, { bootedAt: books.bootedAt, keepsProfiles: keeps }),
    ...(books.settlesAt === undefined || !rules.fallbackSettles ? {} : { fallbackCountsAt: books.settlesAt }),
    wantedFallbackW: fallbackW,
    refusesZero: false,
    fallbacks: open.filter(({ kind }) => kind === 'fallback').map(rules.sentLimit),
    inoperative: books.inoperative,
    heldReason: books.heldReason,
    extraW: 0 as Watts,
    sessions: books.open.toReversed(),
    limits: open.filter(({ kind }) => kind === 'session').map((row) => ({ ...rules.sentLimit(row), sessionId: row.sessionId! })),
    wanted: { curve: world.plans[state.plan]![i] ?? constantCurve(0 as Watts), planId: `plan${state.plan}` },
    fallbackTries: { failures: books.fallbackFailed ? 1 : 0, lastSentAt: undefined },
    limitTries: { failures: 0, lastSentAt: undefined },
    writesToday: 0,
    inFlight: books.calls.length > 0,
    asked: false,
    stopped: false,
  }
}
