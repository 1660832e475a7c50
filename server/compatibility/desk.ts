import type { SendableAction } from '#lib/ocpp/actions16.ts'
import type { ConfigurationItem } from '#lib/ocpp/configuration16.ts'
import { type Answered, failedWith } from '#lib/ocpp/probe-verdicts16.ts'
import type { Quirks } from '#lib/ocpp/quirks.ts'
import type { SetPoints } from '#lib/planning/set-point.ts'
import { type Instant, plus } from '#lib/time/instant.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { ChargerAnswer } from '../runtime.ts'
import { arrivals } from '../store/compatibility.ts'

/** A port as probes see it. `sessionId`: of the session that is open there. */
export type ProbedPort = { id: string; number: number; points: SetPoints; sessionId: number | undefined; vehicleId: string | null }

/** What a check works with: one charger, what is known of it, and what was found out so far. */
export type Desk = {
  gateway: Gateway
  depotId: string
  charger: { id: string; vendor: string | null; model: string | null; clockOffsetMs: number }
  actor: string
  /** Where limits are tried: a free port rather than one in use. */
  port: ProbedPort
  /** One that charges now. */
  busy: ProbedPort | undefined
  ports: ProbedPort[]
  /** As it tells them; empty until it was asked. */
  items: ConfigurationItem[]
  quirks: Quirks
  /** The least limit that it took, and how. */
  taken: { amps: number; unit: 'A' | 'W'; stackLevel: number } | undefined
  /** Did its composite schedule show what it was told? */
  shows: boolean
  units: Record<'A' | 'W', Answered>
  /** A profile beside ours, to be cleared. */
  besides: number | undefined
  mayRestart: boolean
  mayUseVehicle: boolean
  signal: AbortSignal
}

/** Thrown through a check that cannot go on; its limits are put back all the same. */
export class CheckEnded extends Error {
  readonly state: 'cancelled' | 'broken'
  constructor(state: 'cancelled' | 'broken', sentence: string) {
    super(sentence)
    this.state = state
  }
}

export type Asked = { answered: Answered; response: Record<string, unknown>; status: string | undefined }

/** Asks the charger something that changes no limit. @throws CheckEnded when it is gone or the check was cancelled */
export async function ask(desk: Desk, action: SendableAction, payload: Record<string, unknown>): Promise<Asked> {
  goOn(desk)
  return heard(await desk.gateway.links.call(desk.charger.id, { kind: 'message', action, payload }, { priority: 'read' }))
}

/** An answer in the words of the verdicts. @throws CheckEnded when the charger is gone */
export function heard(answer: ChargerAnswer): Asked {
  const response = 'response' in answer && isRecord(answer.response) ? answer.response : {}
  const status = typeof response.status === 'string' ? response.status : undefined
  switch (answer.kind) {
    case 'accepted':
      return { answered: 'accepted', response, status }
    case 'refused':
      return { answered: refusedAs(answer), response, status }
    case 'timeout':
      return { answered: 'silent', response, status }
    default:
      throw new CheckEnded('broken', 'The charger went offline.')
  }
}
/** Only these two say that it does not know the message; any other error is its own (1.6J §4.2.3). */
function refusedAs({ reason, callError }: Extract<ChargerAnswer, { kind: 'refused' }>): Answered {
  if (UNKNOWN.has(callError?.code ?? reason)) return 'unknown'
  return callError ? failedWith(callError.code) : 'refused'
}
const UNKNOWN = new Set(['NotSupported', 'NotImplemented'])
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export function goOn({ signal, gateway, charger }: Desk): void {
  if (signal.aborted) throw new CheckEnded('cancelled', 'It was cancelled.')
  if (!gateway.links.online(charger.id)) throw new CheckEnded('broken', 'The charger went offline.')
}

const LOOK_REAL_MS = 100

/**
 * Waits until something is so; undefined when the time is over. The time is the device's (`depotMs`), and at least `realMs` for the
 * network. @throws CheckEnded when the check was cancelled
 */
export async function waitFor<T>(
  { gateway, signal }: Pick<Desk, 'gateway' | 'signal'>,
  look: () => Promise<T | undefined>,
  depotMs: number,
  realMs = 3_000,
): Promise<T | undefined> {
  const until = gateway.clock.monotonic() + Math.max(realMs, depotMs / gateway.clock.speed)
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (gateway.clock.monotonic() >= until) return undefined
    if (signal.aborted) throw new CheckEnded('cancelled', 'It was cancelled.')
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_REAL_MS).unref())
  }
}

/** Did a message of this action come in since? */
export async function arrives(desk: Desk, action: string, since: Instant, depotMs: number, realMs?: number): Promise<Instant | undefined> {
  // the log's moments are whole milliseconds
  const from = plus(since, -1)
  return waitFor(desk, async () => (await arrivals(desk.gateway.db.prisma, desk.charger.id, action, from, 1))[0], depotMs, realMs)
}
