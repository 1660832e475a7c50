import type { ActOutcome, ChargerAct } from '#lib/api/charger.ts'
import { assertNever, notFound } from '#lib/api/problem.ts'
import { whyGuarded } from '#lib/ocpp/guarded-keys.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { envelopeAbove, envelopeOf } from '#lib/planning/depot-facts.ts'
import { checkEnvelope } from '#lib/planning/envelope.ts'
import { HELD_FOR_SAFETY } from '#lib/planning/steer.ts'
import type { Watts } from '#lib/units/units.ts'
import { begin } from '../fleet/command.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { readFacts } from '../planning/facts.ts'
import type { ChargerAnswer, ChargerCall } from '../runtime.ts'
import { writeJournal } from '../store/journal.ts'
import { doubtFallbacks, findChargerSite, lockDepot, type PortRow, readSite, type Site, setDisobedience, setPort } from '../store/site.ts'
import { startSession, whyNotStart } from './start-session.ts'

export type ActInput = {
  depotId: string
  chargerId: string
  act: ChargerAct
  actor: string
  source?: string
  t0?: number
  t1?: number
}

/**
 * What a person asks of a charger, through the envelope or refused with the reason; the outcome in a sentence.
 * @throws Problem not-found
 */
export async function actOnCharger(gateway: Gateway, { depotId, chargerId, act, actor, source = 'screen' }: ActInput): Promise<ActOutcome> {
  const site = await readSite(gateway.db.prisma, depotId)
  const charger = site?.chargers.find(({ id }) => id === chargerId)
  if (!site || !charger) throw notFound('charger', chargerId)
  const number = 'port' in act ? act.port : undefined
  const port = site.ports.find((each) => each.chargerId === chargerId && each.number === number)
  // 0 is the charger as a whole, which tells of itself; acts on all its ports at once would pass by what each may do
  if (number !== undefined && !port && !(number === 0 && act.kind === 'trigger')) throw notFound('port', number)
  const row = await begin(gateway, { ...act, depotId, actor, source, kind: act.kind }, { ...(port ? { port } : {}), chargerId })
  await writeJournal(gateway.db.prisma, gateway.clock, {
    depotId,
    actor,
    kind: `command.${act.kind}`,
    subject: chargerId,
    data: { commandId: row.id, ...('value' in act ? { ...act, value: '…' } : act) },
  })
  const refusal = await whyNot(gateway, site, chargerId, port, act)
  if (refusal !== undefined) {
    const offline = refusal === OFFLINE
    await gateway.commands.end(row.id, offline ? 'failed' : 'rejected', refusal)
    return { commandId: row.id, outcome: offline ? 'offline' : 'refused', detail: refusal }
  }
  await gateway.commands.planned(row.id)
  const answer = await tell(gateway, site, chargerId, port, act, () => gateway.commands.sent(row.id))
  await gateway.commands.answered(row.id, answer)
  await afterwards(gateway, depotId, chargerId, port, act, answer)
  return { commandId: row.id, ...outcomeOf(answer) }
}

const OFFLINE = 'The charger is offline.'

async function whyNot(
  gateway: Gateway,
  site: Site,
  chargerId: string,
  port: PortRow | undefined,
  act: ChargerAct,
): Promise<string | undefined> {
  if (!gateway.links.online(chargerId)) return OFFLINE
  const session = port && site.sessions.find(({ portId }) => portId === port.id)
  switch (act.kind) {
    case 'start':
      return session ? 'A session is open at this port already.' : whyNotStart(gateway, site, port!)
    case 'stop':
      return session ? undefined : 'No session is open at this port.'
    case 'changeConfiguration':
      return whyGuarded(act.key)
    case 'availability':
      if (!act.operative || !port) return undefined
      return port.heldReason === HELD_FOR_SAFETY ? HELD_FOR_SAFETY : whyNotRelease(gateway, site, port)
    case 'clearProfiles':
      return whyNotForget(gateway, site, chargerId)
    case 'reset':
      return readQuirks(site.chargers.find(({ id }) => id === chargerId)?.quirks).keepsProfiles
        ? undefined
        : whyNotForget(gateway, site, chargerId)
    default:
      return undefined
  }
}

/** A port in use again may give what it holds; from before the frame leaves on, that counts. */
const whyNotRelease = (gateway: Gateway, site: Site, port: PortRow): Promise<string | undefined> =>
  gateway.db.prisma.$transaction(async (tx) => {
    await lockDepot(tx, site.depot.id)
    const read = await readFacts(tx, site.depot.id, gateway.clock.now(), gateway.reconciler.reach)
    const ports = read!.facts.ports.map((each) => (each.id === port.id ? { ...each, inoperative: false, extraW: 0 as Watts } : each))
    const check = checkEnvelope(envelopeAbove(envelopeOf({ ...read!.facts, ports }), port.id))
    if (check.kind === 'over' && port.inoperativeAt !== undefined) return 'The site has no room for what this port may give.'
    await setPort(tx, port.id, { inoperativeAt: null })
    return undefined
  })

/** Without its profiles a charger may give its nameplate: only where the tree has room for that. */
const whyNotForget = (gateway: Gateway, site: Site, chargerId: string): Promise<string | undefined> =>
  gateway.db.prisma.$transaction(async (tx) => {
    await lockDepot(tx, site.depot.id)
    const read = await readFacts(tx, site.depot.id, gateway.clock.now(), gateway.reconciler.reach)
    const facts = read!.facts
    const doubted = facts.ports.map((port) =>
      port.chargerId === chargerId ? { ...port, fallbackConfirmedAt: undefined, inoperative: false } : port,
    )
    const check = checkEnvelope(envelopeOf({ ...facts, ports: doubted }))
    if (check.kind === 'over') {
      const name = facts.nodes.find(({ id }) => id === check.node)?.name ?? check.node
      return `Without its limits the charger may give its full power, and ${name} would be ${(check.overW / 1000).toFixed(1)} kW over.`
    }
    // written down before the frame leaves: from now on its nameplate counts
    await doubtFallbacks(tx, chargerId)
    return undefined
  })

function tell(
  gateway: Gateway,
  site: Site,
  chargerId: string,
  port: PortRow | undefined,
  act: ChargerAct,
  onSent: () => void,
): Promise<ChargerAnswer> {
  const call = (what: ChargerCall) => gateway.links.call(chargerId, what, { onSent })
  switch (act.kind) {
    case 'start':
      return startSession(gateway, { depotId: site.depot.id, port: port!, vehicleId: act.vehicleId }, { onSent })
    case 'stop':
      return call({ kind: 'remoteStop', sessionId: site.sessions.find(({ portId }) => portId === port!.id)!.id })
    case 'reset':
      return call({ kind: 'reset', how: act.how })
    case 'availability':
      return call({ kind: 'availability', port: act.port, operative: act.operative })
    case 'trigger':
      return call({ kind: 'trigger', message: act.message, ...(act.port === undefined ? {} : { port: act.port }) })
    case 'getConfiguration':
      return call({ kind: 'getConfiguration' })
    case 'changeConfiguration':
      return call({ kind: 'changeConfiguration', key: act.key, value: act.value })
    case 'clearProfiles':
      return call({ kind: 'clearLimits' })
    case 'compositeSchedule':
      return call({ kind: 'compositeLimit', port: act.port, durationS: 86_400 })
    default:
      return assertNever(act)
  }
}

/** What a person's call changes in our books. */
async function afterwards(
  gateway: Gateway,
  depotId: string,
  chargerId: string,
  port: PortRow | undefined,
  act: ChargerAct,
  answer: ChargerAnswer,
): Promise<void> {
  const db = gateway.db.prisma
  if (act.kind === 'availability' && answer.kind === 'accepted' && port) {
    const at = new Date(gateway.clock.now())
    if (act.operative) {
      gateway.obedience.forgive(port.id)
      await setDisobedience(db, chargerId, null, 0)
      await setPort(db, port.id, { heldReason: null, inoperativeAt: null })
    } else
      await setPort(db, port.id, {
        heldReason: 'Taken out of use by a person.',
        ...(answer.detail === 'scheduled' ? {} : { inoperativeAt: at }),
      })
    gateway.wakes.replan(depotId, 'a port was taken in or out of use')
  }
  // the fallback and the limits are written anew, whatever became of the call
  if (act.kind === 'clearProfiles') gateway.wakes.reconcile(chargerId)
  for (const portId of (await findChargerSite(db, chargerId))?.portIds ?? []) gateway.wakes.touched(portId)
}

const outcomeOf = (answer: ChargerAnswer): Omit<ActOutcome, 'commandId'> => {
  switch (answer.kind) {
    case 'accepted':
      if (answer.detail === 'scheduled')
        return { outcome: 'scheduled', detail: 'The charger does it when the session has ended.', response: answer.response }
      return {
        outcome: 'accepted',
        detail: answer.detail === 'rebootRequired' ? 'Accepted; the charger wants a reboot for it.' : 'The charger accepted it.',
        response: answer.response,
      }
    case 'refused':
      return { outcome: 'refused', detail: `The charger refused: ${answer.reason}.`, response: answer.response }
    case 'offline':
      return { outcome: 'offline', detail: OFFLINE }
    case 'timeout':
      return { outcome: 'timeout', detail: 'The charger did not answer in time; it may still do it.' }
    case 'lost':
      return { outcome: 'timeout', detail: 'The connection broke before the answer; the charger may still do it.' }
    case 'superseded':
      return { outcome: 'refused', detail: 'A newer call took its place.' }
    default:
      return assertNever(answer)
  }
}
