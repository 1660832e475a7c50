import { type Instant, plus } from '#lib/time/instant.ts'
import { constantCurve, valueAt } from '../curve.ts'
import { HELD_FOR_SAFETY } from '../held.ts'
import { SETTLE_MS } from '../port-holding.ts'
import type { Rules } from './rules.ts'
import { type Books, type Call, type Frame, type Port, reallyGives, type Said, type Truth } from './state.ts'
import { frameWords, saidWords } from './words.ts'
import { after, type Budget, NAMEPLATE_W, type World } from './world.ts'

/** One thing that may happen at a port. `begins`: a transaction, which takes the next number. */
export type PortMove = { what: string; port: Port; spends?: keyof Budget; begins?: true }
/** What it happens in: nothing else of a state matters to a port. */
export type Moment = { world: World; rules: Rules; tick: number; nextSession: number; i: number }

/** All that may happen at a port, in whatever order an adversary likes. */
export function portMoves(moment: Moment, port: Port): PortMove[] {
  const { world, nextSession, i } = moment
  const { truth, books } = port
  const found: PortMove[] = []
  const add = (what: string, next: Port, more: Omit<PortMove, 'what' | 'port'> = {}) =>
    found.push({ what: `p${i + 1}: ${what}`, port: kept(moment, next), ...more })
  // what comes after a lost message is handled without it; one that is never handled is lost as well
  for (const [at, frame] of truth.frames.entries()) {
    const words = frameWords(frame)
    const lost = at === 0 ? '' : at === 1 ? ' (one before it was lost)' : ` (${at} before it were lost)`
    const from = inTruth(port, { frames: truth.frames.slice(at) })
    add(`takes ${words}${lost}`, handled(moment, from, frame, false))
    add(`takes ${words}${lost}; it is delivered again`, handled(moment, from, frame, true), { spends: 'repeats' })
    add(`refuses ${words}${lost}`, refused(from, frame), { spends: 'refusals' })
  }
  for (const [at, call] of books.calls.entries()) {
    const words = frameWords(call.frame)
    if (call.answer) add(`its answer arrives: ${words} ${call.answer}`, heard(moment, port, at))
    add(`no answer in time: ${words}`, givenUp(moment, port, at))
  }
  const [said] = truth.said
  if (said) {
    add(`we write down that it ${saidWords(said)}`, recorded(moment, port, said, true))
    add(`we write down that it ${saidWords(said)}; it will say so again`, recorded(moment, port, said, false), { spends: 'repeats' })
  }
  if (truth.session > 0 && !truth.dark) add('its transaction ends', ended(moment, port), { spends: 'ends' })
  if (truth.session === 0 && !truth.out && !truth.dark)
    add('a transaction begins', begun(port, nextSession), { spends: 'starts', begins: true })
  add('restarts with what it held', restarted(port, {}), { spends: 'reboots' })
  const forgets = { spends: 'forgetfulReboots' } as const
  if (truth.limit) add("restarts without its session's limit", restarted(port, { limit: undefined }), forgets)
  if (!world.ports[i]!.keeps)
    add(
      'restarts and has forgotten everything',
      restarted(port, { limit: undefined, fallbackW: undefined, out: false, dark: true }),
      forgets,
    )
  if (books.online) add('its connection breaks', cutOff(moment, port), { spends: 'disconnects' })
  else add('it is back', inBooks(port, { online: true }))
  if (truth.lags.length > 0) {
    add('a reading comes before it follows', read(moment, port))
    add('follows by now, and a reading says so', read(moment, inTruth(port, { lags: [] })))
  }
  return found
}

/** The gateway dies and starts: all that it knows is what was written down; answers on their way are lost. */
export const forgotten = (port: Port): Port => (port.books.calls.length > 0 ? inBooks(port, { calls: [] }) : port)

/** Rows that can no longer matter go, and lags that are over. */
export const kept = ({ world, rules, tick }: Pick<Moment, 'world' | 'rules' | 'tick'>, port: Port): Port => {
  const now = after(tick)
  const { books, truth } = port
  const counted = new Set(rules.mayFollow(books.rows, { now, skewMs: world.skewMs, endedAt: (id) => books.ended[id] }))
  const waited = new Set(books.calls.flatMap(({ frame }) => ('row' in frame ? [frame.row] : [])))
  const rows = books.rows.filter((row) => counted.has(row) || waited.has(row.id))
  const named = new Set(rows.map(({ sessionId }) => sessionId))
  return {
    ...port,
    truth: { ...truth, lags: truth.lags.filter(({ until }) => until > now) },
    books: {
      ...books,
      rows: rows.map((row) => (row.countsAt !== undefined && row.countsAt <= now ? { ...row, countsAt: LONG_AGO } : row)),
      ended: Object.fromEntries(Object.entries(books.ended).filter(([id]) => named.has(Number(id)))),
      settlesAt: books.settlesAt !== undefined && books.settlesAt <= now ? undefined : books.settlesAt,
    },
  }
}
// when it began to count does not matter any more
const LONG_AGO = 0 as Instant

// ---------------------------------------------------------------- the gateway

/** The answer of a call is written down. */
function heard({ world, rules, tick, i }: Moment, port: Port, at: number): Port {
  const { frame, sentAt, answer } = port.books.calls[at]!
  const next = inBooks(port, { calls: port.books.calls.toSpliced(at, 1) })
  if (frame.kind === 'hold') return answer === 'accepted' ? inBooks(next, { inoperative: true }) : next
  if (frame.kind === 'release') return answer === 'refused' ? inBooks(next, { heldReason: HELD_FOR_SAFETY }) : next
  const outcome = answer === 'refused' ? 'refused' : 'accepted'
  const done = outcomeWritten(rules, tick, next, frame, sentAt, outcome)
  if (frame.kind === 'limit') return done
  if (outcome === 'refused') return inBooks(done, { fallbackFailed: true })
  if (!rules.confirms(sentAt, done.books.bootedAt)) return done
  const { bootedAt, confirmedAt } = done.books
  const known = rules.confirmedSince(confirmedAt, { bootedAt, keepsProfiles: world.ports[i]!.keeps }) !== undefined
  const settlesAt = known ? done.books.settlesAt : plus(after(tick), SETTLE_MS)
  const since = rules.confirmedAt(sentAt, after(tick))
  return inBooks(done, { fallbackW: frame.limitW, confirmedAt: since, fallbackFailed: false, settlesAt })
}

const outcomeWritten = (
  rules: Rules,
  tick: number,
  port: Port,
  frame: Frame,
  sentAt: Instant,
  outcome: 'accepted' | 'refused' | 'timeout',
): Port => {
  if (frame.kind === 'hold' || frame.kind === 'release') return port
  const rows = rules.writtenAhead ? port.books.rows : [...port.books.rows, rowOf(frame, sentAt)]
  return inBooks(port, {
    rows: rows.map((row) => (row.id === frame.row ? { ...row, ...rules.answered(outcome, after(tick)) } : row)),
  })
}

/** A limit as it is written down when it leaves. */
export const rowOf = (frame: Frame, sentAt: Instant): Books['rows'][number] => {
  if (frame.kind === 'limit')
    return { id: frame.row, kind: 'session', sessionId: frame.sessionId, curve: frame.curve, sentAt, outcome: 'pending' }
  if (frame.kind === 'fallback')
    return { id: frame.row, kind: 'fallback', sessionId: null, curve: constantCurve(frame.limitW), sentAt, outcome: 'pending' }
  throw new Error(`${frame.kind} is no limit`)
}

function givenUp({ rules, tick }: Moment, port: Port, at: number): Port {
  const { frame, sentAt } = port.books.calls[at]!
  const next = inBooks(port, {
    calls: port.books.calls.toSpliced(at, 1),
    ...(frame.kind === 'fallback' ? { fallbackFailed: true } : {}),
  })
  return outcomeWritten(rules, tick, next, frame, sentAt, 'timeout')
}

function cutOff(moment: Moment, port: Port): Port {
  let next = inBooks(port, { online: false })
  while (next.books.calls.length > 0) next = givenUp(moment, next, 0)
  return next
}

/** What a charger said is in the books; it may not know so and say it again. */
function recorded({ tick }: Moment, port: Port, said: Said, forGood: boolean): Port {
  const next = inTruth(port, forGood ? { said: port.truth.said.slice(1) } : {})
  const { open, ended, lastSession } = next.books
  switch (said.kind) {
    case 'started': {
      // a session that is known is not opened twice; one that is still open is closed by the next
      const { sessionId } = said
      if (sessionId <= lastSession) return next
      const closed = Object.fromEntries(open.map((id) => [id, after(tick)]))
      return inBooks(next, { open: [sessionId], ended: { ...ended, ...closed }, lastSession: sessionId, inoperative: false })
    }
    case 'stopped': {
      const { sessionId, at } = said
      return inBooks(next, { open: open.filter((id) => id !== sessionId), ended: { ...ended, [sessionId]: at } })
    }
    case 'booted':
      return inBooks(forGood ? inTruth(next, { dark: false }) : next, { bootedAt: after(tick) })
  }
}

/** A reading arrives: of all that it may give now. */
function read({ world, rules, tick, i }: Moment, port: Port): Port {
  const now = after(tick)
  const powerW = valueAt(reallyGives(port, world.ports[i]!, now), now)
  const mine = port.books.rows.filter(({ kind }) => kind === 'session')
  const holding = {
    portId: '',
    nodePath: [],
    nameplateW: NAMEPLATE_W,
    fallbackConfirmed: true,
    fallbackW: port.books.fallbackW,
    inoperative: false,
    extraW: 0 as typeof powerW,
    sent: mine.map(rules.sentLimit),
  }
  const { sent } = rules.withReading(holding, powerW, now, world.skewMs)
  const counts = new Map(sent.map(({ sequence, countsAt }) => [sequence, countsAt]))
  const rows = port.books.rows.map((row) => {
    const countsAt = row.kind === 'session' ? counts.get(row.id) : row.countsAt
    return countsAt === undefined ? row : { ...row, countsAt }
  })
  return inBooks(port, { rows })
}

// ---------------------------------------------------------------- the charger

/** A charger does what a message says. It may go on with what it did for a while, and its answer may never arrive. */
function handled({ world, tick }: Moment, port: Port, frame: Frame, again: boolean): Port {
  const next = inTruth(port, again ? {} : { frames: port.truth.frames.slice(1) })
  const { truth } = next
  const until = plus(after(tick), SETTLE_MS)
  switch (frame.kind) {
    case 'hold':
      return answers(truth.session > 0 ? next : inTruth(next, { out: true }), frame, truth.session > 0 ? 'scheduled' : 'accepted')
    case 'release':
      return answers(inTruth(next, { out: false }), frame, 'accepted')
    case 'fallback': {
      const before = truth.fallbackW ?? NAMEPLATE_W
      const lags = truth.session > 0 && before > frame.limitW ? [...truth.lags, { curve: constantCurve(before), until }] : truth.lags
      return answers(inTruth(next, { fallbackW: frame.limitW, lags }), frame, 'accepted')
    }
    case 'limit': {
      const meant = truth.session === frame.sessionId || (world.careless && truth.session > 0)
      // what it has no use for it has no use for when it comes twice
      if (!meant) return refused(port, frame)
      const before = truth.limit ? [{ curve: truth.limit, until }] : []
      return answers(inTruth(next, { limit: frame.curve, lags: [...truth.lags, ...before] }), frame, 'accepted')
    }
  }
}

const refused = (port: Port, frame: Frame): Port => answers(inTruth(port, { frames: port.truth.frames.slice(1) }), frame, 'refused')

/** Only a call that is still waited for hears it, and only the first answer: a charger that handles a message twice answers it twice. */
const answers = (port: Port, frame: Frame, answer: NonNullable<Call['answer']>): Port => {
  const at = port.books.calls.findIndex((call) => call.frame === frame)
  const call = port.books.calls[at]
  return call && call.answer === undefined ? inBooks(port, { calls: port.books.calls.with(at, { ...call, answer }) }) : port
}

const begun = (port: Port, sessionId: number): Port =>
  inTruth(port, { session: sessionId, said: [...port.truth.said, { kind: 'started', sessionId }] })

const ended = ({ world, tick, i }: Moment, port: Port): Port => {
  const at = plus(after(tick), world.ports[i]!.clockMs)
  const said: Said = { kind: 'stopped', sessionId: port.truth.session, at }
  return inTruth(port, { session: 0, limit: undefined, lags: [], said: [...port.truth.said, said] })
}

/** What it had not handled is gone; the transaction goes on. */
const restarted = (port: Port, lost: Partial<Truth>): Port =>
  inTruth(port, { lags: [], frames: [], said: [...port.truth.said, { kind: 'booted' }], ...lost })

export const inTruth = (port: Port, change: Partial<Truth>): Port => ({ ...port, truth: { ...port.truth, ...change } })
export const inBooks = (port: Port, change: Partial<Books>): Port => ({ ...port, books: { ...port.books, ...change } })
