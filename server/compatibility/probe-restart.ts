import type { Verdict } from '#lib/ocpp/compatibility16.ts'
import { keptVerdict, notTried } from '#lib/ocpp/probe-verdicts16.ts'
import { envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import { minutes, seconds } from '#lib/time/instant.ts'
import { readFacts } from '../planning/facts.ts'
import { doubtFallbacks } from '../store/fallback.ts'
import { lockDepot } from '../store/site.ts'
import { composite, profileOf, sendDefault, wattsOf } from './default-profile.ts'
import { arrives, type Desk, goOn, heard, waitFor } from './desk.ts'

// Does a charger keep its limits over a restart? Until that is seen it may forget them, so its nameplate counts from before the reset on.

const BOOTS_MS = minutes(5)
const BOOTS_REAL_MS = 20_000
const COMPOSITE_S = 600

export async function keepsProfiles(desk: Desk): Promise<Verdict> {
  const { gateway, depotId, charger, ports, taken } = desk
  if (!desk.mayRestart) return notTried('Nobody said that it may be restarted.')
  if (!taken) return notTried('It took no limit that it could keep.')
  if (!desk.shows) return notTried('It does not show its limits: whether it keeps them could not be seen.')
  if (ports.some(({ sessionId }) => sessionId !== undefined)) return notTried('Somebody charges there: a restart would end the session.')
  goOn(desk)
  const portIds = ports.map(({ id }) => id)
  // all of it while passes leave the charger alone: what it shows after its boot is what it kept
  return gateway.reconciler.alone(depotId, charger.id, portIds, async () => {
    const set = await sendDefault(desk, profileOf(desk, [taken.amps], taken), wattsOf(desk, taken.amps))
    if (set?.kind !== 'accepted') return notTried('The limit to look for after the restart could not be set.')
    const before = (await composite(desk, taken.unit, COMPOSITE_S)).shown
    if (before === undefined) return notTried('It did not show its limit before the restart.')
    const noRoom = await doubt(desk)
    if (noRoom) return notTried(noRoom)
    return restart(desk, before, taken.unit)
  })
}

/** From now on its nameplate counts, where the site has room for that. */
const doubt = ({ gateway, depotId, charger }: Desk): Promise<string | undefined> =>
  gateway.db.prisma.$transaction(async (tx) => {
    await lockDepot(tx, depotId)
    const read = await readFacts(tx, depotId, gateway.clock.now(), gateway.reconciler.reach)
    const ports = read!.facts.ports.map((port) =>
      port.chargerId === charger.id ? { ...port, fallbackConfirmedAt: undefined, inoperative: false } : port,
    )
    const check = checkEnvelope(envelopeOf({ ...read!.facts, ports }))
    if (check.kind === 'over') {
      const name = read!.facts.nodes.find(({ id }) => id === check.node)?.name ?? check.node
      return `It may forget its limits, and for its full power ${name} has ${(check.overW / 1000).toFixed(1)} kW too little room now.`
    }
    await doubtFallbacks(tx, charger.id)
    return undefined
  })

async function restart(desk: Desk, before: number, unit: 'A' | 'W'): Promise<Verdict> {
  const { gateway, charger } = desk
  const at = gateway.clock.now()
  const { answered } = heard(await gateway.links.call(charger.id, { kind: 'reset', how: 'Soft' }))
  if (answered !== 'accepted') return notTried('It would not restart.')
  const booted = await arrives(desk, 'BootNotification', at, BOOTS_MS, BOOTS_REAL_MS)
  if (booted === undefined) return { result: 'fail', says: 'It did not come back from its restart within five minutes.' }
  await waitFor(desk, async () => gateway.links.online(charger.id) || undefined, seconds(60))
  const seen = await composite(desk, unit, COMPOSITE_S)
  return keptVerdict(before, seen.answered === 'accepted' ? seen.shown : undefined, unit, Math.round((booted - at) / 1000))
}
