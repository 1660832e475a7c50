import type { RecordedEvent } from '#lib/charging/event.ts'
import type { CommandState } from '#lib/kpi/latency.ts'
import { type Instant, seconds } from '#lib/time/instant.ts'
import type { LimitSend, LimitWatcher } from '../planning/carry-out.ts'
import type { ChargerAnswer, Ctx } from '../runtime.ts'
import { addCommand, type CommandRow, moveCommand, readUnderWay, type Stamp } from '../store/command.ts'
import { vehicleOfSession } from '../store/vehicle.ts'
import { type AcceptedLimit, effectOf, shows } from './effect.ts'

export type NewCommand = Parameters<typeof addCommand>[1]

/**
 * Commands between their arrival and their effect: who waits for what, with stamps t2 … t6 on the real clock as things happen.
 * What is under way is in the database; this is only its index.
 */
export type Commands = {
  /** Writes a command down (t2) and follows it. Older ones for the same target that have not left are superseded. */
  begin(command: NewCommand): Promise<CommandRow>
  /** The plan is made (t3): the next limit of its port is this command's. */
  planned(id: string): Promise<void>
  /** The plan is written down: a pass that begins now and sends nothing has nothing to send. */
  stored(id: string): void
  /** The frame leaves (t4). */
  sent(id: string): void
  /** The charger's answer to the command's own call (t5). */
  answered(id: string, answer: ChargerAnswer): Promise<void>
  /** It ends here, for this reason. */
  end(id: string, state: CommandState, detail: string): Promise<void>
  /** Is something still to come? */
  underWay(id: string): boolean
  /** Of a depot, not planned yet: after a restart. */
  unplanned(depotId: string): string[]
  watcher: LimitWatcher
  recorded(events: RecordedEvent[]): void
  /** Ends what took longer than 30 s (real time). */
  tick(): Promise<void>
  idle(): Promise<void>
}

const HARD_LIMIT_MS = seconds(30)
const ASK_AGAIN_MS = seconds(3)

type Followed = {
  row: CommandRow
  planned: boolean
  storedAt: number | undefined
  sent: boolean
  limit?: AcceptedLimit
  send?: LimitSend
  askedAt?: number
}

export async function makeCommands(ctx: Ctx): Promise<Commands> {
  const open = new Map<string, Followed>()
  const work = new Set<Promise<unknown>>()
  for (const row of await readUnderWay(ctx.db.prisma))
    open.set(row.id, { row, planned: row.state !== 'queued', storedAt: undefined, sent: row.t4 !== undefined })

  const track = <T>(promise: Promise<T>): Promise<T> => {
    const tracked = promise
      .catch((error) => ctx.log.error({ err: error }, 'a command could not be written down'))
      .finally(() => work.delete(tracked))
    work.add(tracked)
    return promise
  }
  const move = (id: string, state: CommandState | undefined, stamps: Partial<Record<Stamp, Instant>>, detail?: string) =>
    track(moveCommand(ctx.db.prisma, id, { ...(state ? { state } : {}), stamps, ...(detail === undefined ? {} : { detail }) }))
  const finish = (id: string, state: CommandState, stamps: Partial<Record<Stamp, Instant>>, detail?: string) => {
    open.delete(id)
    return move(id, state, stamps, detail)
  }
  const waitingFor = (portId: string) =>
    [...open.values()].filter(({ row, planned }) => row.portId === portId && planned && effectOf(row.kind) === 'limit')

  const askForReading = (followed: Followed) => {
    followed.askedAt = ctx.clock.monotonic()
    const { send } = followed
    if (send) void ctx.links.call(send.chargerId, { kind: 'trigger', message: 'MeterValues', port: send.port }).catch(() => {})
  }

  const commands: Commands = {
    async begin(command) {
      const effect = effectOf(command.kind)
      for (const { row, sent } of [...open.values()]) {
        const same = row.portId === command.portId && row.vehicleId === command.vehicleId && row.kind === command.kind
        if (same && !sent && effect !== 'none' && row.id !== command.id)
          await finish(row.id, 'superseded', {}, `Replaced by command ${command.id} before it left.`)
      }
      const row = await addCommand(ctx.db.prisma, command)
      open.set(row.id, { row, planned: false, storedAt: undefined, sent: false })
      return row
    },
    async planned(id) {
      const followed = open.get(id)
      if (!followed) return
      followed.planned = true
      await move(id, 'planned', { t3: ctx.clock.real() })
    },
    stored(id) {
      const followed = open.get(id)
      if (followed) followed.storedAt = ctx.clock.monotonic()
    },
    sent(id) {
      const followed = open.get(id)
      if (!followed || followed.sent) return
      followed.sent = true
      const t4 = ctx.clock.real()
      followed.row.t4 = t4
      void move(id, 'sent', { t4 })
    },
    async answered(id, answer) {
      const followed = open.get(id)
      if (!followed) return
      const real = ctx.clock.real()
      // the answer may be written before the sending is, and a command that has ended takes no more stamps
      const t4 = followed.row.t4 === undefined ? {} : { t4: followed.row.t4 }
      if (answer.kind === 'accepted') {
        followed.row.t5 = real
        if (effectOf(followed.row.kind) === 'none') await finish(id, 'ackOnly', { ...t4, t5: real })
        else if (answer.detail === 'scheduled')
          await finish(id, 'ackOnly', { ...t4, t5: real }, 'The charger does it when the session has ended.')
        else await move(id, 'accepted', { ...t4, t5: real })
      } else if (answer.kind === 'refused') await finish(id, 'refused', { ...t4, t5: real }, answer.reason)
      else if (answer.kind === 'timeout' || answer.kind === 'lost')
        await finish(
          id,
          'timeout',
          t4,
          answer.kind === 'timeout' ? 'The charger did not answer.' : 'The connection broke before the answer.',
        )
      else
        await finish(id, 'failed', {}, answer.kind === 'offline' ? (answer.why ?? 'The charger is offline.') : 'Replaced by a newer call.')
    },
    end: async (id, state, detail) => {
      if (open.has(id)) await finish(id, state, {}, detail)
    },
    underWay: (id) => open.has(id),
    unplanned: (depotId) =>
      [...open.values()]
        .filter(({ row, planned }) => row.depotId === depotId && !planned && effectOf(row.kind) === 'limit')
        .map(({ row }) => row.id),
    watcher: {
      asked: (portId) => waitingFor(portId).some(({ sent }) => !sent),
      commandFor: (portId) => waitingFor(portId).findLast(({ sent }) => !sent)?.row.id,
      sent(send) {
        for (const { row, sent } of waitingFor(send.portId)) if (!sent) commands.sent(row.id)
      },
      answered(send, answer) {
        for (const followed of waitingFor(send.portId))
          if (followed.sent && followed.row.t5 === undefined) void track(limitAnswered(followed, send, answer))
      },
      passed(depotId, { begun, sent, waiting }) {
        for (const { row, storedAt, sent: left } of [...open.values()]) {
          if (row.depotId !== depotId || effectOf(row.kind) !== 'limit' || left || storedAt === undefined || begun < storedAt) continue
          const portId = row.portId ?? ''
          if (waiting.get(portId) === 'offline') void finish(row.id, 'failed', {}, 'Planned, but the charger is offline.')
          else if (!sent.has(portId) && !waiting.has(portId))
            void finish(row.id, 'noop', {}, 'Planned. No charger had to be told anything new.')
        }
      },
    },
    recorded(events) {
      for (const event of events)
        for (const { row, limit } of [...open.values()]) if (shows(event, row, limit)) void finish(row.id, 'seen', { t6: ctx.clock.real() })
    },
    async tick() {
      const real = ctx.clock.real()
      for (const followed of [...open.values()]) {
        if (real - followed.row.t1 > HARD_LIMIT_MS) await outOfTime(followed)
        else if (followed.limit && ctx.clock.monotonic() - (followed.askedAt ?? 0) > ASK_AGAIN_MS) askForReading(followed)
      }
    },
    async idle() {
      while (work.size > 0) await Promise.allSettled([...work])
    },
  }

  async function limitAnswered(followed: Followed, send: LimitSend, answer: ChargerAnswer): Promise<void> {
    const { id } = followed.row
    if (answer.kind === 'superseded') {
      followed.sent = false // it never left; the newer one will say when it does
      return
    }
    const at = ctx.clock.now()
    if (answer.kind === 'accepted') {
      followed.send = send
      followed.limit = { curve: send.curve, wasW: send.wasW, mostW: Number.POSITIVE_INFINITY, at }
      const answered = commands.answered(id, answer)
      const vehicle = await vehicleOfSession(ctx.db.prisma, send.sessionId)
      if (vehicle) followed.limit = { ...followed.limit, mostW: vehicle.maxW }
      await answered
      askForReading(followed)
    } else await commands.answered(id, answer)
  }

  async function outOfTime({ row, sent, limit, send }: Followed): Promise<void> {
    if (row.t5 !== undefined && limit) {
      const vehicle = send && (await vehicleOfSession(ctx.db.prisma, send.sessionId))
      const raised = limit.wasW !== undefined && limit.curve.beforeW > limit.wasW
      if (raised && (vehicle?.socPct ?? 0) >= 80)
        return void (await finish(row.id, 'ackOnly', {}, 'The charger accepted it; a nearly full vehicle takes less than it may.'))
    }
    const stage = row.t5 !== undefined ? 'its effect was not seen' : sent ? 'the charger did not answer' : 'nothing could be sent'
    await finish(row.id, 'timeout', {}, `After 30 s ${stage}.`)
  }

  return commands
}
