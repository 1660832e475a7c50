import { assertNever, notFound, problem } from '#lib/api/problem.ts'
import type { CallAnswer } from '#lib/api/v1-charger.ts'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { type CallRisk, riskOf } from '#lib/ocpp/call-guard.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import { withoutSecrets } from '#lib/ocpp/secrets16.ts'
import { OFFLINE, whyNotCall, whyNotPayload } from '#lib/ocpp/why-not-call.ts'
import { instant } from '#lib/time/instant.ts'
import { begin } from '../fleet/command.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { countedStart } from '../kpi/request-start.ts'
import { payloadProblems } from '../ocpp/schema16.ts'
import type { ChargerAnswer } from '../runtime.ts'
import { whyNotCertificate } from '../security/why-not-certificate.ts'
import { findCallAnswer, keepCallAnswer } from '../store/call.ts'
import { writeJournal } from '../store/journal.ts'
import { type PortRow, readSite, type Site } from '../store/site.ts'
import { keepBooks, settleLimit, tellOfCall } from './call-effects.ts'
import { commandKind, targetPort } from './call-target.ts'
import { type Clearance, clearCall } from './clear-call.ts'
import { standingOf } from './standing.ts'
import { whyNotStart } from './start-session.ts'

export type CallInput = {
  depotId: string
  chargerId: string
  action: SendableAction
  payload: Record<string, unknown>
  actor: string
  source?: string
  /** The command's id: a repeat gets the first one's answer. */
  id?: string
  /** Real time, as server/fleet/command.ts has them. */
  t0?: number
  t1?: number
  /** How long its answer is waited for, real time. */
  timeoutS?: number
  /** Whose session a remote start is for. */
  vehicleId?: string
  /** The room that owns a configuration key which nobody sets by hand. */
  owner?: Extract<CallRisk, { kind: 'refused' }>['ownedBy']
}
/** `answer`: the charger's, in our words; undefined when nothing was sent. */
export type SentCall = CallAnswer & { answer: ChargerAnswer | undefined }

/**
 * The one way for any message of ours that a person, another system or a room sends to a charger: checked against the strict schema and
 * the envelope, written to the journal and as a command (KPI 3), sent, and kept in the books.
 * @throws Problem `not-found`; `invalid` with a sentence for each wrong field of the payload
 */
export async function sendCall(gateway: Gateway, input: CallInput): Promise<SentCall> {
  const { depotId, chargerId, action, payload } = input
  const db = gateway.db.prisma
  const told = input.id === undefined ? undefined : await findCallAnswer(db, input.id)
  if (told) return { ...told, answer: undefined }
  const site = await readSite(db, depotId)
  const charger = site?.chargers.find(({ id }) => id === chargerId)
  if (!site || !charger) throw notFound('charger', chargerId)
  refuseMalformed(action, payload)

  const port = targetPort(site, chargerId, action, payload)
  const clean = withoutSecrets(action, payload) as Record<string, unknown>
  const kind = commandKind(action, port)
  const operative = action === 'ChangeAvailability' ? { operative: payload.type === 'Operative' } : {}
  const asked = { ...stampsOf(input), kind, action, payload: clean, ...operative }
  const row = await begin(gateway, asked, { ...(port ? { port } : {}), chargerId })
  const data = { commandId: row.id, ...journalled(action, clean) }
  await writeJournal(db, gateway.clock, { depotId, actor: input.actor, kind: `command.${kind}`, subject: chargerId, data })

  const conclude = async (answer: ChargerAnswer | undefined, told: Omit<CallAnswer, 'commandId'>): Promise<SentCall> => {
    const kept = { ...told, response: withoutSecrets(null, told.response) ?? null }
    await keepCallAnswer(db, row.id, kept)
    return { commandId: row.id, ...kept, answer }
  }
  const refuse = async (reason: string): Promise<SentCall> => {
    const offline = reason === OFFLINE
    await gateway.commands.end(row.id, offline ? 'failed' : 'rejected', reason)
    const outcome = offline ? 'offline' : 'refused'
    return conclude(undefined, { outcome, by: offline ? null : 'yardwatt', reason, response: null, note: null })
  }

  const numbers = site.ports.filter((each) => each.chargerId === chargerId).map(({ number }) => number)
  const risk = riskOf(action, payload, { keepsProfiles: readQuirks(charger.quirks).keepsProfiles, ports: numbers })
  const reason =
    whyNotCall(action, await standingOf(gateway, site, charger)) ??
    whyNotPayload(action, payload, gateway.clock.now()) ??
    (await whyNotCertificate(db, chargerId, action, payload)) ??
    refusalOf(risk, input.owner) ??
    startRefusal(gateway, site, chargerId, risk)
  if (reason !== undefined) return refuse(reason)

  const named = { id: chargerId, depotId, identity: charger.identity }
  const leave = async (clearance: Clearance): Promise<SentCall> => {
    if (clearance.kind === 'refused') return refuse(clearance.reason)
    await gateway.commands.planned(row.id)
    const options = { onSent: () => gateway.commands.sent(row.id), ...(input.timeoutS && { deadlineMs: input.timeoutS * 1000 }) }
    const call = () => gateway.links.call(chargerId, { kind: 'message', action, payload }, options)
    const answer =
      risk.kind === 'starts' && port
        ? await countedStart(
            gateway,
            { depotId, portId: port.id, source: 'remote_start', idTag: String(payload.idTag), vehicleId: input.vehicleId ?? null },
            call,
          )
        : await call()
    await settleLimit(gateway, clearance, answer)
    await gateway.commands.answered(row.id, answer)
    await keepBooks(gateway, action, { charger: named, payload, answer, actor: input.actor, commandId: row.id })
    const said = outcomeOf(answer, risk)
    const nobodys = said.outcome === 'answered' && port === undefined ? whoseTransaction(action, payload) : null
    return conclude(answer, { ...said, note: said.note ?? nobodys })
  }
  const sent = needsEnvelope(risk)
    ? await gateway.reconciler.alone(depotId, chargerId, portIdsOf(site, chargerId), async () =>
        leave(await clearCall(gateway, { depotId, chargerId, action, payload, commandId: row.id }, risk)),
      )
    : await leave({ kind: 'clear' })
  if (sent.answer) await tellOfCall(gateway, risk, named)
  return sent
}

/** @throws Problem `invalid` */
function refuseMalformed(action: SendableAction, payload: Record<string, unknown>): void {
  const problems = Object.entries(payloadProblems(action, payload))
  if (problems.length === 0) return
  const fields = Object.fromEntries(problems.map(([path, words]) => [path === 'payload' ? path : `payload.${path}`, words]))
  const said = problems.map(([path, words]) => `${path}: ${words}`).join(' ')
  throw problem('invalid', `This is no ${action} of OCPP 1.6. ${said}`, fields)
}

const MOST_JOURNALLED = 4000

/** A list of cards or a certificate stands in the raw log; a value of the configuration may be a secret. */
function journalled(action: SendableAction, payload: Record<string, unknown>): Record<string, unknown> {
  const sizeBytes = JSON.stringify(payload).length
  const said = action === 'ChangeConfiguration' ? { ...payload, value: '…' } : payload
  const port = typeof payload.connectorId === 'number' ? { port: payload.connectorId } : {}
  const operative = action === 'ChangeAvailability' ? { operative: payload.type === 'Operative' } : {}
  return { action, ...(sizeBytes > MOST_JOURNALLED ? { sizeBytes } : said), ...port, ...operative }
}

const stampsOf = ({ depotId, actor, source = 'screen', id, t0, t1 }: CallInput) => ({
  depotId,
  actor,
  source,
  ...(id === undefined ? {} : { id }),
  ...(t0 === undefined ? {} : { t0: instant(t0) }),
  ...(t1 === undefined ? {} : { t1: instant(t1) }),
})

const portIdsOf = (site: Site, chargerId: string): string[] => site.ports.filter((port) => port.chargerId === chargerId).map(({ id }) => id)

const needsEnvelope = (risk: CallRisk): risk is Extract<CallRisk, { kind: 'profile' | 'forgets' | 'releases' }> =>
  risk.kind === 'profile' || risk.kind === 'forgets' || risk.kind === 'releases'

const refusalOf = (risk: CallRisk, owner: CallInput['owner']): string | undefined =>
  risk.kind === 'refused' && (risk.ownedBy === undefined || risk.ownedBy !== owner) ? risk.reason : undefined

/** A charger that may choose the port itself may choose any: each must be one where charging may start. */
function startRefusal(gateway: Gateway, site: Site, chargerId: string, risk: CallRisk): string | undefined {
  if (risk.kind !== 'starts') return undefined
  const own = site.ports.filter((port) => port.chargerId === chargerId)
  const why = (port: PortRow) =>
    site.sessions.some(({ portId, elsewhere }) => portId === port.id && !elsewhere)
      ? 'A session is open at this port already.'
      : whyNotStart(gateway, site, port)
  if (risk.port !== undefined) {
    const port = own.find(({ number }) => number === risk.port)
    return port ? why(port) : `The charger has no port ${risk.port}.`
  }
  const held = own.find((port) => port.heldReason !== null)
  if (held) return `Name the port: port ${held.number} is held. ${held.heldReason}`
  const reasons = own.map(why)
  return reasons.length > 0 && reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined
}

function outcomeOf(answer: ChargerAnswer, risk: CallRisk): Omit<CallAnswer, 'commandId'> {
  const answered = (response: unknown, note: string | null) => ({ outcome: 'answered' as const, by: null, reason: null, response, note })
  switch (answer.kind) {
    case 'accepted':
      return answered(answer.response, noteOf(answer, risk))
    case 'refused': {
      if (answer.response !== undefined) return answered(answer.response, null)
      const { callError } = answer
      const words = callError
        ? `The charger answered with the error ${callError.code}${callError.description && `: ${callError.description}`}.`
        : answer.reason
      return { outcome: 'refused', by: callError ? 'charger' : 'yardwatt', reason: words, response: callError ?? null, note: null }
    }
    case 'timeout':
      if (answer.response !== undefined) return answered(answer.response, 'Its answer does not follow the specification.')
      return noAnswer('The charger did not answer in time; it may still do it.')
    case 'lost':
      return noAnswer('The connection broke before the answer; the charger may still do it.')
    case 'superseded':
      return noAnswer('A newer call took its place.')
    case 'offline':
      // nothing left, so it cannot be followed: the caller may ask again
      if (answer.why !== undefined) return { outcome: 'refused', by: 'yardwatt', reason: answer.why, response: null, note: null }
      return { outcome: 'offline', by: null, reason: OFFLINE, response: null, note: null }
    default:
      return assertNever(answer)
  }
}

/** A charger may know a transaction that is not in our records; a number that was misspelt must not look done all the same. */
const whoseTransaction = (action: SendableAction, { transactionId }: Record<string, unknown>): string | null =>
  action === 'RemoteStopTransaction'
    ? `No open session of this charger has the transaction ${String(transactionId)}: it was sent as it is.`
    : null

const noAnswer = (reason: string): Omit<CallAnswer, 'commandId'> => ({ outcome: 'timeout', by: null, reason, response: null, note: null })

function noteOf({ detail }: Extract<ChargerAnswer, { kind: 'accepted' }>, risk: CallRisk): string | null {
  if (detail === 'scheduled') return 'The charger does it when the session has ended.'
  if (detail === 'rebootRequired') return 'The charger wants a restart for it.'
  if (risk.kind === 'profile') return 'The charger follows it until the plan sends its own limit again, which may be at once.'
  if (risk.kind === 'forgets') return 'Its limits are sent anew; until it has taken them its full power is reserved.'
  return null
}
