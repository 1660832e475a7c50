import { assertNever } from '#lib/api/problem.ts'
import type { Instant } from '#lib/time/instant.ts'
import type { Counts } from './charge-request.ts'
import { ENOUGH, percentile } from './interval.ts'

export const LATENCY_TARGET_S = 15
export const ACK_TARGET_S = 5
/** Nothing better can be said of a command that took longer. */
export const TIMEOUT_S = 30
const FAILED_ALARM = 0.05

export type CommandState =
  | 'queued'
  | 'planned'
  | 'sent'
  | 'accepted'
  | 'seen'
  | 'ackOnly'
  | 'refused'
  | 'failed'
  | 'timeout'
  | 'superseded'
  | 'noop'
  | 'rejected'

/** A command with its stamps, real time. */
export type CommandStamps = {
  state: CommandState
  t0: Instant
  /** The source's clock could be trusted; else the clock starts at t1. */
  t0FromSource: boolean
  t1: Instant
  t5: Instant | null
  t6: Instant | null
}

/** How a command counts, and its latency in seconds. `ackOnly`: accepted, but its effect cannot be measured; shown apart. */
export type Measured = { counts: Counts | 'open' | 'ackOnly'; endToEndS: number | null; ackS: number | null }

export function measure(command: CommandStamps, realNow: Instant): Measured {
  const start = command.t0FromSource ? command.t0 : command.t1
  const since = (at: Instant | null) => (at === null ? null : Math.max(0, at - start) / 1000)
  const times = { endToEndS: since(command.t6), ackS: since(command.t5) }
  switch (command.state) {
    case 'seen':
      return { counts: times.endToEndS !== null && times.endToEndS <= TIMEOUT_S ? 'success' : 'failure', ...times }
    case 'refused':
    case 'failed':
    case 'timeout':
      return { counts: 'failure', ...times }
    case 'superseded':
    case 'noop':
    case 'rejected':
      return { counts: 'excluded', ...times }
    case 'ackOnly':
      return { counts: 'ackOnly', ...times }
    case 'queued':
    case 'planned':
    case 'sent':
    case 'accepted':
      // nobody marked it, but its time is over: a failure, not a gap
      return { counts: realNow - command.t1 > TIMEOUT_S * 1000 ? 'failure' : 'open', ...times }
    default:
      return assertNever(command.state)
  }
}

export type Latency = {
  /** Seconds; null without commands; Infinity: more than 5 % failed. */
  p95S: number | null
  p50S: number | null
  p99S: number | null
  maxS: number | null
  ackP95S: number | null
  /** As printed: `6.2`, `> 30 s (n failed: 6)`, `–`. */
  text: string
  n: number
  failed: number
  successPct: number | null
  excluded: number
  ackOnly: number
  open: number
  enough: boolean
  met: boolean
}

/** KPI 3: p95 with failures as +∞; more than 5 % failed is never a number. */
export function latencyOf(all: Measured[]): Latency {
  const having = (counts: Measured['counts']) => all.filter((one) => one.counts === counts)
  const succeeded = having('success')
  const failed = having('failure').length
  const n = succeeded.length + failed
  const withFailures = [...succeeded.map(({ endToEndS }) => endToEndS!), ...new Array<number>(failed).fill(Number.POSITIVE_INFINITY)]
  const tooMany = n > 0 && failed / n > FAILED_ALARM
  const at = (share: number) => (n === 0 ? null : percentile(withFailures, share))
  const p95S = tooMany ? Number.POSITIVE_INFINITY : at(0.95)
  const acks = [...all.filter(({ counts, ackS }) => ackS !== null && counts !== 'excluded' && counts !== 'open').map(({ ackS }) => ackS!)]
  return {
    p95S,
    p50S: at(0.5),
    p99S: at(0.99),
    maxS: at(1),
    ackP95S: acks.length > 0 ? percentile(acks, 0.95) : null,
    text: p95S === null ? '–' : Number.isFinite(p95S) ? p95S.toFixed(1) : `> ${TIMEOUT_S} s (n failed: ${failed})`,
    n,
    failed,
    successPct: n > 0 ? (100 * succeeded.length) / n : null,
    excluded: having('excluded').length,
    ackOnly: having('ackOnly').length,
    open: having('open').length,
    enough: n >= ENOUGH,
    met: p95S !== null && p95S <= LATENCY_TARGET_S,
  }
}
