import { type Instant, plus, seconds } from '#lib/time/instant.ts'
import type { Seeded } from '../judge/seeded.ts'
import type { Agenda } from './days-agenda.ts'
import type { Charger } from './days-charger.ts'
import type { Sent, Wire } from './days-gateway.ts'
import type { makeEnvelopeJudge } from './days-judge.ts'

// What is between gateway and chargers: messages take their time and get lost, and answers do.

const TIMEOUT_MS = seconds(30)

export type WireCounts = { sent: number; accepted: number; refused: number; lost: number; held: number }

export function makeWire(
  { now, after, when }: Agenda,
  random: Seeded,
  charger: (van: number) => Charger,
  envelope: ReturnType<typeof makeEnvelopeJudge>,
  told: { heard(sent: Sent, outcome: 'accepted' | 'refused' | 'timeout'): void; outOfUse(at: Charger, is: boolean): void },
): Wire & { counts: WireCounts } {
  const counts: WireCounts = { sent: 0, accepted: 0, refused: 0, lost: 0, held: 0 }

  const takes = (at: Charger, { kind, session, steps }: Sent): boolean => {
    if (at.refuses || (kind === 'session' && session !== at.session)) return false
    if (kind === 'fallback') at.fallbackW = steps[0]!.limitW
    else {
      // it may go on for a while with what it did
      if (!at.lag || at.lag.until <= now()) at.lag = { was: at.limit, until: plus(now(), random.whole(0, 9_000)) }
      at.limit = { session: session!, steps }
      when(at.lag.until, () => {})
    }
    return true
  }
  const answers = (sent: Sent, outcome: 'accepted' | 'refused') =>
    after(random.whole(100, 1_000), () => {
      counts[outcome] += 1
      envelope.heard(sent.van, sent.row, outcome, now())
      told.heard(sent, outcome)
    })

  return {
    counts,
    send(sent) {
      counts.sent += 1
      const sentAt: Instant = now()
      envelope.sent(sent.van, { id: sent.row, kind: sent.kind, session: sent.session, steps: sent.steps, sentAt })
      after(random.whole(200, 2_000), () => {
        const at = charger(sent.van)
        const isLost = !at.online || at.booting || random.chance(at.loss)
        if (!isLost) {
          const outcome = takes(at, sent) ? 'accepted' : 'refused'
          // the answer may be lost on its way
          if (!random.chance(at.loss / 2)) return answers(sent, outcome)
        }
        counts.lost += 1
        when(plus(sentAt, TIMEOUT_MS), () => told.heard(sent, 'timeout'))
      })
    },
    // one that is charging goes on until its session ends
    hold(van, held, answered) {
      counts.held += held ? 1 : 0
      after(1_000, () => {
        const at = charger(van)
        told.outOfUse(at, held && at.session === undefined)
        answered(at.out)
      })
    },
  }
}
