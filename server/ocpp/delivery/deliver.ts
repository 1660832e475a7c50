import { instant } from '#lib/time/instant.ts'
import { makeClock } from '../../clock.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Random } from '../fuzz/random.ts'
import { plugIn, type TestCharger, type TestDepot, testDepot } from '../test-depot.ts'

// A charger says its messages in their order and says each until it is answered (1.6 §3.7); the network and the gateway do what they do.

export type Visit = {
  port: 1 | 2
  /** Minutes after the visit before. */
  pause: number
  minutes: number
  /** Wh that each quarter of the visit adds; a meter may stand still. */
  quartersWh: [number, number, number, number]
  /** The charger crashed: the end was never told. */
  forgotten: boolean
  /** The end carries the series again. */
  seriesInside: boolean
}
/** What goes wrong with one delivery before it is answered. */
export type Fault = 'cutBefore' | 'cutAfter' | 'answerLost' | 'twice' | 'boot' | 'restart'
/** By message: its faults, and how many minutes it is late. */
export type Trouble = { faults: Fault[]; lateMinutes: number }

type Message = { action: string; at: number; payload: (transactions: number[]) => Record<string, unknown>; starts?: boolean }

const MINUTE = 60_000
const BEGIN = Date.parse('2026-11-23T09:07:00Z')

/** The messages of a day of a charger, with the device's own times. */
export function script(visits: Visit[]): Message[] {
  const messages: Message[] = []
  let at = BEGIN
  let register = 50_000
  const iso = (ms: number) => new Date(ms).toISOString()
  for (const [index, visit] of visits.entries()) {
    at += visit.pause * MINUTE
    const { port: connectorId, minutes } = visit
    const status = (when: number, word: string) =>
      messages.push({
        action: 'StatusNotification',
        at: when,
        payload: () => ({ connectorId, errorCode: 'NoError', status: word, timestamp: iso(when) }),
      })
    status(at, 'Preparing')
    const begin = at + 10_000
    const meterStart = register
    messages.push({
      action: 'StartTransaction',
      at: begin,
      starts: true,
      payload: () => ({ connectorId, idTag: 'CENTRAL', meterStart, timestamp: iso(begin) }),
    })
    const samples = visit.quartersWh.map((wh, quarter) => {
      register += wh
      return { timestamp: iso(begin + ((quarter + 1) * minutes * MINUTE) / 5), sampledValue: [{ value: String(register), unit: 'Wh' }] }
    })
    for (const sample of samples)
      messages.push({
        action: 'MeterValues',
        at: Date.parse(sample.timestamp),
        payload: (transactions) => ({ connectorId, transactionId: transactions[index], meterValue: [sample] }),
      })
    at = begin + minutes * MINUTE
    const end = at
    if (!visit.forgotten) {
      const meterStop = register
      messages.push({
        action: 'StopTransaction',
        at: end,
        payload: (transactions) => ({
          transactionId: transactions[index],
          meterStop,
          timestamp: iso(end),
          reason: 'EVDisconnected',
          ...(visit.seriesInside ? { transactionData: samples } : {}),
        }),
      })
    }
    status(at + 5_000, 'Available')
  }
  return messages
}

/** The readings between two other messages overtake each other; what begins, ends or tells a state keeps its place (1.6 §3.7). */
export function outOfOrder(messages: Message[], random: Random): Message[] {
  const ordered = [...messages]
  for (let index = ordered.length - 1; index > 0; index--) {
    const other = random.below(index + 1)
    const between = ordered.slice(other, index + 1)
    if (between.every(({ action }) => action === 'MeterValues')) {
      const moved = ordered[index]!
      ordered[index] = ordered[other]!
      ordered[other] = moved
    }
  }
  return ordered
}

/** A depot whose time a run sets, a tariff that changes by the hour, and chargers enough for many runs. */
export async function deliveryDepot(chargers: number) {
  const time = { now: BEGIN }
  const depot = await testDepot(chargers, { ...makeClock(), now: () => instant(time.now) })
  const window = (startMinute: number, endMinute: number, priceMicroPerKwh: bigint) => ({
    id: `w${startMinute}`,
    name: String(startMinute),
    seasonFrom: '01-01',
    seasonUntil: '12-31',
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    startMinute,
    endMinute,
    priceMicroPerKwh,
  })
  const hours = Array.from({ length: 24 }, (_, hour) => window(hour * 60, hour * 60 + 60, BigInt(100_000 + hour * 37_000)))
  await depot.db.prisma.tariff.create({
    data: { id: 't', depotId: 'd', name: 'By hour', currency: 'USD', source: 'test', validFrom: new Date(0), windows: { create: hours } },
  })
  let endpoint = await depot.start({ doorLimits: { entriesPerIdentity: 10_000 } })
  const restart = async () => {
    await endpoint.close(1_000)
    endpoint = await depot.start({ doorLimits: { entriesPerIdentity: 10_000 } })
  }
  return { depot, time, endpoint: () => endpoint, restart }
}
export type DeliveryDepot = Awaited<ReturnType<typeof deliveryDepot>>

/** Chargers that say their scripts at once: `turns` says whose message comes next. */
export async function deliver(
  { depot, time, endpoint, restart }: DeliveryDepot,
  chargers: { identity: string; messages: Message[]; trouble: Trouble[] }[],
  turns: number[],
): Promise<void> {
  time.now = BEGIN
  const lives = chargers.map(({ identity, messages, trouble }) => ({
    identity,
    messages,
    trouble,
    next: 0,
    transactions: [] as number[],
    at: undefined as TestCharger | undefined,
  }))
  const reach = async (life: (typeof lives)[number]): Promise<TestCharger> => {
    if (life.at && life.at.state === 1) return life.at
    life.at = await plugIn(depot, endpoint() as Endpoint, life.identity)
    return life.at
  }
  const step = async (life: (typeof lives)[number]) => {
    const message = life.messages[life.next]!
    const { faults, lateMinutes } = life.trouble[life.next % Math.max(1, life.trouble.length)] ?? { faults: [], lateMinutes: 0 }
    time.now = Math.max(time.now, message.at + 500 + lateMinutes * MINUTE)
    const payload = message.payload(life.transactions)
    for (const fault of faults) await suffer(fault, message.action, payload, () => reach(life), restart)
    const answer = (await (await reach(life)).call(message.action, payload)) as { transactionId?: number }
    if (message.starts) life.transactions.push(answer.transactionId!)
    life.next++
  }
  for (let turn = 0; lives.some(({ next, messages }) => next < messages.length); turn++) {
    const waiting = lives.filter(({ next, messages }) => next < messages.length)
    await step(waiting[(turns[turn % Math.max(1, turns.length)] ?? turn) % waiting.length]!)
  }
  for (const { at } of lives) await at?.close({ force: true })
}

async function suffer(
  fault: Fault,
  action: string,
  payload: unknown,
  reach: () => Promise<TestCharger>,
  restart: () => Promise<void>,
): Promise<void> {
  const at = await reach()
  switch (fault) {
    case 'cutBefore':
      return void (await at.close({ force: true }))
    case 'cutAfter': {
      // whether the gateway heard it nobody knows
      const said = at.call(action, payload as Record<string, unknown>).catch(() => {})
      await at.close({ force: true })
      return void (await said)
    }
    case 'answerLost':
      return void (await at.call(action, payload as Record<string, unknown>))
    case 'twice':
      return void (await Promise.all([0, 1].map(() => at.call(action, payload as Record<string, unknown>))))
    case 'boot':
      return void (await at.call('BootNotification', { chargePointVendor: 'Acme', chargePointModel: 'One' }))
    case 'restart':
      await at.close({ force: true })
      return restart()
  }
}

/** What a person is billed by: transactions, energy, price, and the readings under them; without names and without how it came. */
export async function books({ db }: Pick<TestDepot, 'db'>, identity: string) {
  const id = identity.toLowerCase()
  const sessions = await db.prisma.session.findMany({
    where: { portId: { startsWith: `${id}-` } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  })
  const readings = await db.prisma.meterReading.findMany({
    where: { portId: { startsWith: `${id}-` } },
    orderBy: [{ at: 'asc' }, { portId: 'asc' }],
  })
  const number = new Map(sessions.map((session, index) => [session.id, index]))
  return {
    sessions: sessions.map((s) => ({
      port: s.portId.slice(id.length),
      tag: s.idTag,
      startedAt: s.startedAt.toISOString(),
      stoppedAt: s.stoppedAt?.toISOString(),
      reason: s.stopReason,
      startWh: Number(s.meterStartWh),
      stopWh: Number(s.meterStopWh),
      energyWh: Number(s.energyWh),
      cost: `${s.costMinor} ${s.currency}${s.costEstimated ? ' estimated' : ''}`,
      lines: s.costLines,
      quarterWh: s.quarterWh,
      odd: s.flags.filter((flag) => flag !== 'deliveredLate'),
    })),
    readings: readings.map((r) => ({
      port: r.portId.slice(id.length),
      at: r.at.toISOString(),
      wh: Number(r.energyWh),
      session: number.get(r.sessionId ?? -1),
    })),
  }
}

/** The journal tells of each session's begin and end once. */
export async function toldOnce({ db }: Pick<TestDepot, 'db'>, identity: string): Promise<boolean> {
  const sessions = await db.prisma.session.findMany({
    where: { portId: { startsWith: `${identity.toLowerCase()}-` } },
    select: { id: true },
  })
  const subjects = sessions.map(({ id }) => `session:${id}`)
  const lines = await db.prisma.journal.findMany({
    where: { subject: { in: subjects }, kind: { in: ['session.started', 'session.stopped'] } },
  })
  return new Set(lines.map(({ kind, subject }) => `${kind} ${subject}`)).size === lines.length
}
