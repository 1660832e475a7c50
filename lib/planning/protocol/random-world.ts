import { milliamps, type Phase, type Watts, watts } from '#lib/units/units.ts'
import { type Curve, curveOf } from '../curve.ts'
import { PHASES } from '../phase-parts.ts'
import { after, NAMEPLATE_W, points, STEP_MS, type World } from './world.ts'

/** A larger world by chance: more ports, plans that ask for more than there is, wrong clocks, and much of everything that may go wrong. */
export function randomWorld(random: () => number): World {
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  const oneOf = <Item>(all: Item[]): Item => all[upTo(all.length - 1)]!
  const count = 4 + upTo(4)
  const ports = Array.from({ length: count }, () => ({
    panel: random() < 0.5,
    fallbackW: watts(oneOf([0, 0, 1_440])),
    keeps: random() < 0.8,
    fresh: random() < 0.1,
    clockMs: (upTo(2) - 1) * STEP_MS,
    busy: random() < 0.7,
  }))
  const level = (): Watts => watts(oneOf([0, 1_440, 2_400, 4_800, 7_200, 9_600]))
  const curve = (): Curve =>
    curveOf(
      level(),
      Array.from({ length: upTo(2) }, () => ({ from: after(1 + upTo(19)), limitW: level() })),
    )
  const known = ports.reduce((sum, { fresh, fallbackW }) => sum + (fresh ? NAMEPLATE_W : fallbackW), 0)
  const serviceW = watts(Math.round(known + NAMEPLATE_W * (1 + random() * 0.4 * count)))
  const panelW = watts(Math.round(serviceW * (0.5 + random() * 0.4)))
  const least = ({ panel, fresh, fallbackW }: (typeof ports)[number]) => (!panel ? 0 : fresh ? NAMEPLATE_W : fallbackW)
  // half of the panels keep the amperes of each of their lines as well
  const of = ports.map((): Phase => oneOf([...PHASES]))
  const fullestW = Math.max(...PHASES.map((line) => ports.reduce((sum, each, i) => sum + (of[i] === line ? least(each) : 0), 0)))
  const lineW = Math.max(fullestW, Math.round(panelW * (0.3 + random() * 0.5)))
  const lines = random() < 0.5 ? { lines: { panelMa: milliamps(Math.ceil((lineW * 1000) / points.circuit.volts)), of } } : {}
  return {
    name: `${count} ports by chance`,
    serviceW,
    panelW: watts(
      Math.max(
        panelW,
        ports.reduce((sum, each) => sum + least(each), 0),
      ),
    ),
    ...lines,
    ports,
    // nothing is allowed at the beginning, whatever there is
    plans: [ports.map(() => curveOf(watts(0), [])), ...Array.from({ length: 6 }, () => ports.map(curve))],
    skewMs: STEP_MS,
    careless: random() < 0.5,
    budget: {
      ticks: 24,
      replans: 6,
      sends: 200,
      refusals: 6,
      repeats: 4,
      crashes: 3,
      reboots: 3,
      forgetfulReboots: 3,
      disconnects: 3,
      ends: 4,
      starts: 4,
    },
  }
}
