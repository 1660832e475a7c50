import type { Verdict } from '#lib/ocpp/compatibility16.ts'
import { followVerdict, notTried } from '#lib/ocpp/probe-verdicts16.ts'
import { type Instant, minutes, plus, seconds } from '#lib/time/instant.ts'
import { command } from '../fleet/command.ts'
import { toleranceW } from '../fleet/effect.ts'
import { limitAccepted, powerSince } from '../store/compatibility.ts'
import { latestPlan } from '../store/plan.ts'
import { readPortCaps, writePortCap } from '../store/vehicle.ts'
import { type Desk, goOn, type ProbedPort, waitFor } from './desk.ts'

// Does a vehicle's power follow its limit? Asked as a person would ask it: a limit on the port for some minutes, which the plan and
// reconciliation carry out. So it is a cut within the envelope, and it ends by itself whatever becomes of the check.

/** Less than this above the minimum shows nothing. */
const TELLING_W = 1_000
const MOST_MS = minutes(3)
/** Before a charger is flagged as disobedient (60 s). */
const FOLLOWS_MS = seconds(50)
const SETTLES_MS = seconds(10)
const ACCEPTS_MS = seconds(60)

export async function follows(desk: Desk): Promise<Verdict> {
  const { gateway, busy, depotId, actor } = desk
  if (!busy) return notTried('Nobody charges there now: check again while a vehicle does.')
  if (!desk.mayUseVehicle) return notTried('A vehicle charges there, and nobody said that its limit may be lowered for a minute.')
  const db = gateway.db.prisma
  const reason = await whyNot(desk, busy)
  if (reason) return notTried(reason)
  const measure = asker(desk, busy)
  const beforeW = await waitFor(
    desk,
    async () => {
      measure()
      return (await powerSince(db, busy.id, plus(gateway.clock.now(), -minutes(1)))).at(-1)?.powerW
    },
    seconds(60),
  )
  const limitW = busy.points.minW
  if (beforeW === undefined || beforeW < limitW + TELLING_W + toleranceW(limitW))
    return notTried('The vehicle draws too little to see whether it follows a lower limit.')
  goOn(desk)
  const askedAt = gateway.clock.now()
  const until = plus(askedAt, MOST_MS)
  try {
    await command(gateway, { depotId, actor, source: 'screen', kind: 'limit', portId: busy.id, limitW, until })
    const accepted = await waitFor(desk, () => limitAccepted(db, busy.id, askedAt, limitW), ACCEPTS_MS, 10_000)
    if (accepted === undefined) return notTried('The lower limit did not reach the charger in time.')
    return await watch(desk, busy, accepted, beforeW, limitW)
  } finally {
    await lift(desk, busy, until)
  }
}

/** Looks at readings of after the limit was accepted until one is under it, or the time is over. */
async function watch(desk: Desk, busy: ProbedPort, accepted: Instant, beforeW: number, limitW: number): Promise<Verdict> {
  const { gateway } = desk
  const within = toleranceW(limitW)
  const measure = asker(desk, busy)
  let last: { at: Instant; powerW: number } | undefined
  const look = async () => {
    measure()
    last = (await powerSince(gateway.db.prisma, busy.id, plus(accepted, 1))).at(-1) ?? last
    return last && last.powerW <= limitW + within ? last : undefined
  }
  const obeyed = await waitFor(desk, look, FOLLOWS_MS, 500)
  // a reading of before it had to settle proves nothing
  if (!obeyed && (!last || last.at < plus(accepted, SETTLES_MS))) return notTried('It told no power after the limit.')
  const tookS = Math.max(0, Math.round((last!.at - accepted) / 1000))
  return followVerdict(limitW, beforeW, last!.powerW, tookS, within)
}

/** Asks for a reading, but not more often than a charger can bear. */
function asker({ gateway, charger }: Desk, busy: ProbedPort): () => void {
  const everyMs = Math.max(250, seconds(5) / gateway.clock.speed)
  let next = 0
  return () => {
    if (gateway.clock.monotonic() < next) return
    next = gateway.clock.monotonic() + everyMs
    void gateway.links.call(charger.id, { kind: 'trigger', message: 'MeterValues', port: busy.number }).catch(() => {})
  }
}

/** The port's limit as before: none. One that a person has put on it meanwhile stays. */
async function lift({ gateway, depotId, charger }: Desk, busy: ProbedPort, until: Instant): Promise<void> {
  const now = gateway.clock.now()
  const cap = (await readPortCaps(gateway.db.prisma, [busy.id], now)).get(busy.id)
  if (cap?.until !== until) return
  await writePortCap(gateway.db.prisma, busy.id, { ...cap, until: now })
  gateway.wakes.replan(depotId, 'a compatibility check is over')
  gateway.wakes.reconcile(charger.id)
}

/** A person's own limit is not touched, and nobody is made late. */
async function whyNot({ gateway, depotId }: Desk, busy: ProbedPort): Promise<string | undefined> {
  const db = gateway.db.prisma
  const now = gateway.clock.now()
  if ((await readPortCaps(db, [busy.id], now)).size > 0) return 'A person has limited this port.'
  const plan = (await latestPlan(db, depotId))?.plan
  const { vehicleId } = busy
  if (vehicleId && plan?.shortfalls.some(({ vehicle }) => vehicle === vehicleId))
    return 'The vehicle there needs every minute until it leaves.'
  return undefined
}
