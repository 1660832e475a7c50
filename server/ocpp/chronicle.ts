import { namesSecret, withoutSecrets } from '#lib/ocpp/secrets16.ts'
import { iso } from '#lib/time/instant.ts'
import type { Batch } from '../charging/batch.ts'
import type { RecordCtx } from '../charging/recording.ts'
import { withoutSecret } from '../files/token.ts'
import type { KnownCharger } from '../store/charger.ts'
import { written } from '../store/json.ts'
import type { BatchJournalRow, MessageRow } from '../store/meter.ts'
import { isDatabaseAway } from '../store/unavailable.ts'
import type { RpcClient } from './rpc.ts'
import { codeOf } from './validator16.ts'

const MOST_REVIEWS = 1000
const MOST_ASKED = 50
const WRITTEN = new Set(['InternalError', 'NotSupported', 'SecurityError'])

/** What is written down about one socket: the raw log of both directions, and lines that ask a person to look. */
export function makeChronicle(
  ctx: Pick<RecordCtx, 'clock' | 'log'>,
  charger: Pick<KnownCharger, 'id' | 'depotId'>,
  address: string,
  batch: Pick<Batch, 'add'>,
) {
  const reviewed = new Set<string>()
  let journal: BatchJournalRow[] = []

  /** Our questions by id: an answer carries only the id, and is found by the name of its question. */
  const asked = new Map<string, string>()

  type Direction = MessageRow['direction']
  /** `text`: the payload as it came. It is kept where nothing in it is masked; what a maker's own message says twice is not seen when it is read. */
  function row(
    direction: Direction,
    type: MessageRow['type'],
    id: string,
    action: string | null,
    payload: unknown,
    note: string[] = [],
    text?: string,
  ): MessageRow {
    const kept = withoutSecrets(action, payload)
    return {
      at: ctx.clock.now(),
      charger_id: charger.id,
      direction,
      type,
      message_id: id.slice(0, 100),
      action: action?.slice(0, 60) ?? null,
      payload: text !== undefined && kept === payload && action !== 'DataTransfer' ? text : written(kept),
      note: note.length > 0 ? note.join(', ') : null,
      answer: undefined,
    }
  }

  const takeJournal = (): BatchJournalRow[] | undefined => {
    if (journal.length === 0) return undefined
    const lines = journal
    journal = []
    return lines
  }

  /** A row that nobody waits for, and what the journal has to say. */
  function log(message?: MessageRow) {
    batch.add({ chargerId: charger.id, message, journal: takeJournal() }).catch((error: unknown) => {
      if (!isDatabaseAway(error)) ctx.log.error({ err: error, charger: charger.id }, 'messages were not logged')
    })
  }

  /** Once per socket and kind, or per content where the kind says it is news of the charger: a flood of oddities is one line. */
  function review(kind: string, data: Record<string, unknown>) {
    const full = kind.includes('.') ? kind : `review.${kind}`
    const once = kind.includes('.') ? `${full} ${JSON.stringify(data).slice(0, 200)}` : full
    if (reviewed.has(once) || reviewed.size > MOST_REVIEWS) return
    reviewed.add(once)
    journal.push({
      at: iso(ctx.clock.now()),
      real_at: iso(ctx.clock.real()),
      depot_id: charger.depotId,
      actor: `charger:${charger.id}`,
      kind: full,
      subject: `charger:${charger.id}`,
      data: { ...data, address },
    })
  }

  /** Keeps what the library tells about frames that reach no handler: our own calls, their answers, and all that is malformed. */
  function follow(client: Pick<RpcClient, 'on'>) {
    client.on('response', ({ outbound, payload }) => {
      if (outbound) return
      const id = String(payload[1])
      // an answer is kept as its payload, as ours are; an error as its code, description and details
      const [type, told] = payload[0] === 3 ? (['result', payload[2]] as const) : (['error', payload.slice(2)] as const)
      log(row('in', type, id, asked.get(id) ?? null, storable(told)))
      asked.delete(id)
    })
    client.on('call', ({ outbound, payload }) => {
      if (!outbound) return
      const [id, action] = [String(payload[1]), String(payload[2])]
      asked.set(id, action)
      // a question that was never answered need not be remembered for ever
      if (asked.size > MOST_ASKED) asked.delete(asked.keys().next().value ?? '')
      log(row('out', 'call', id, action, payload[3]))
    })
    client.on('badMessage', ({ buffer, error, odd }) => {
      const note = error.message.slice(0, 200) || codeOf(error)
      if (odd) review('badMessage', { note })
      log(row('in', 'bad', '', null, unlessSecret(buffer.toString('utf8')), [note]))
    })
    client.on('callError', ({ outbound, messageId, method, params, error }) => {
      // those are written where they arise
      if (outbound || WRITTEN.has(codeOf(error))) return
      const unknown = codeOf(error) === 'NotImplemented'
      review(unknown ? 'unknownAction' : 'badPayload', { action: method.slice(0, 60), code: codeOf(error) })
      log(
        row(
          'in',
          'bad',
          messageId,
          method,
          storable(params),
          [codeOf(error), error.message].filter((each) => each !== ''),
        ),
      )
    })
    client.on('socketError', (error) => {
      review('socketError', { message: error.message.slice(0, 200) })
      log()
    })
  }

  return { row, log, review, takeJournal, follow }
}

/** The beginning of a frame that cannot be masked part by part: broken, or an answer too late (which is kept masked as well). */
const unlessSecret = (text: string): string => (namesSecret(text) ? 'not kept: it names a secret' : withoutSecret(text).slice(0, 2000))

/** No schema has bounded these payloads: what nests deeper than any message of OCPP is not kept, only that it came. */
const storable = (payload: unknown): unknown => (isDeeper(payload, DEEPEST) ? 'nested too deep to be kept' : (payload ?? null))
const DEEPEST = 20
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' && value !== null && (levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1)))
