import { randomBytes } from 'node:crypto'
import type { ActOutcome, ChargerAct } from '#lib/api/charger.ts'
import { assertNever, notFound } from '#lib/api/problem.ts'
import type { SendableAction } from '#lib/ocpp/actions16.ts'
import { unitOf } from '#lib/ocpp/profile16.ts'
import { readQuirks } from '#lib/ocpp/quirks.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { type PortRow, readSite, type Site } from '../store/site.ts'
import { centralTag } from '../store/vehicle.ts'
import { type SentCall, sendCall } from './send-call.ts'

export type ActInput = {
  depotId: string
  chargerId: string
  act: ChargerAct
  actor: string
  source?: string
  t0?: number
  t1?: number
}
type Call = { action: SendableAction; payload: Record<string, unknown>; vehicleId?: string }

/**
 * What a person asks of a charger by a button, as a call like any other (server/charging/send-call.ts); the outcome in a sentence.
 * @throws Problem not-found
 */
export async function actOnCharger(gateway: Gateway, { act, ...asked }: ActInput): Promise<ActOutcome> {
  const site = await readSite(gateway.db.prisma, asked.depotId)
  if (!site?.chargers.some(({ id }) => id === asked.chargerId)) throw notFound('charger', asked.chargerId)
  const number = 'port' in act ? act.port : undefined
  const port = site.ports.find((each) => each.chargerId === asked.chargerId && each.number === number)
  // 0 is the charger as a whole, which tells of itself; acts on all its ports at once would pass by what each may do
  if (number !== undefined && !port && !(number === 0 && act.kind === 'trigger')) throw notFound('port', number)
  const sent = await sendCall(gateway, { ...asked, ...(await callOf(gateway, site, asked.chargerId, port, act)) })
  return { commandId: sent.commandId, ...outcomeOf(sent) }
}

async function callOf(gateway: Gateway, site: Site, chargerId: string, port: PortRow | undefined, act: ChargerAct): Promise<Call> {
  switch (act.kind) {
    case 'start': {
      const fresh = () => `YW${randomBytes(8).toString('hex').toUpperCase()}`
      const idTag = await centralTag(gateway.db.prisma, site.depot.id, act.vehicleId, fresh)
      const vehicle = act.vehicleId === undefined ? {} : { vehicleId: act.vehicleId }
      return { action: 'RemoteStartTransaction', payload: { connectorId: act.port, idTag }, ...vehicle }
    }
    case 'stop': {
      const session = site.sessions.find(({ portId }) => portId === port?.id)
      return { action: 'RemoteStopTransaction', payload: { transactionId: session?.id ?? NO_SESSION } }
    }
    case 'reset':
      return { action: 'Reset', payload: { type: act.how } }
    case 'availability':
      return { action: 'ChangeAvailability', payload: { connectorId: act.port, type: act.operative ? 'Operative' : 'Inoperative' } }
    case 'trigger':
      return {
        action: 'TriggerMessage',
        payload: { requestedMessage: act.message, ...(act.port === undefined ? {} : { connectorId: act.port }) },
      }
    case 'getConfiguration':
      return { action: 'GetConfiguration', payload: {} }
    case 'changeConfiguration':
      return { action: 'ChangeConfiguration', payload: { key: act.key, value: act.value } }
    case 'clearProfiles':
      return { action: 'ClearChargingProfile', payload: {} }
    case 'compositeSchedule': {
      const quirks = readQuirks(site.chargers.find(({ id }) => id === chargerId)?.quirks)
      const payload = { connectorId: act.port, duration: 86_400, chargingRateUnit: unitOf({ quirks }) }
      return { action: 'GetCompositeSchedule', payload }
    }
    default:
      return assertNever(act)
  }
}

/** No transaction has it: ids begin at 1. */
const NO_SESSION = -1

const outcomeOf = ({ outcome, reason, response, answer, note }: SentCall): Omit<ActOutcome, 'commandId'> => {
  switch (outcome) {
    case 'offline':
    case 'timeout':
      return { outcome, detail: reason ?? '' }
    case 'refused':
      return { outcome, detail: reason ?? '', response: response ?? undefined }
    case 'answered':
      if (answer?.kind === 'refused') return { outcome: 'refused', detail: `The charger refused: ${answer.reason}.`, response }
      if (answer?.kind !== 'accepted') return { outcome: 'timeout', detail: note ?? 'Its answer could not be read.', response }
      return {
        outcome: answer.detail === 'scheduled' ? 'scheduled' : 'accepted',
        detail: answer.detail === 'rebootRequired' ? 'Accepted; the charger wants a reboot for it.' : (note ?? 'The charger accepted it.'),
        response,
      }
    default:
      return assertNever(outcome)
  }
}
