import type { Curve } from '../curve.ts'
import type { Books, Frame, Port } from './state.ts'

// Ports are told apart by numbers: two with one number have the same future.

/** The numbers of one exploration. */
export function makeNumbers() {
  const curves = new Map<string, number>()
  const books = table<Books>()
  const ports = table<Port>()
  const booksOf: number[] = []

  const curve = ({ beforeW, steps }: Curve): number => {
    const text = `${beforeW}${steps.map(({ from, limitW }) => `;${from};${limitW}`).join('')}`
    const known = curves.get(text) ?? curves.size
    curves.set(text, known)
    return known
  }
  // a row is named by its distance from the next one: how many were sent before does not matter
  const frame = (each: Frame, next: number): string => {
    if (each.kind === 'limit') return `l${next - each.row};${each.sessionId};${curve(each.curve)}`
    return each.kind === 'fallback' ? `f${next - each.row};${each.limitW}` : each.kind
  }
  const booksText = (each: Books, nextRow: number): string => {
    const since = Math.max(each.bootedAt ?? 0, each.confirmedAt ?? 0)
    const waited = new Set(each.calls.flatMap(({ frame: one }) => ('row' in one ? [one.row] : [])))
    const rows = each.rows.map(({ id, kind, sessionId, curve: own, outcome: said, answeredAt = 0, countsAt }) => {
      // nobody waits for its answer any more: a crash leaves the same behind as a time-out
      const outcome = said === 'pending' && !waited.has(id) ? 'timeout' : said
      // of an old acceptance only matters whether the charger restarted since
      const answered = countsAt === 0 ? answeredAt >= since : answeredAt
      return `${nextRow - id}${kind[0]}${sessionId};${curve(own)};${outcome};${outcome === 'accepted' ? answered : ''};${countsAt}`
    })
    const calls = each.calls.map(
      (call) => `${frame(call.frame, nextRow)};${call.frame.kind === 'fallback' ? call.sentAt : ''};${call.answer}`,
    )
    const { open, lastSession, fallbackW, confirmedAt, bootedAt, settlesAt, fallbackFailed, inoperative, heldReason, online } = each
    const flags = [fallbackFailed, inoperative, heldReason !== null, online].map(Number).join('')
    return `${open.join()};${Object.entries(each.ended).join(';')}|${lastSession}|${rows.join()}|${fallbackW}|${confirmedAt}|${bootedAt}|${settlesAt}|${flags}|${calls.join()}`
  }
  return {
    ofPort(port: Port): number {
      const { session, fallbackW, limit, lags, out, dark, frames, said } = port.truth
      const own = books.add(booksText(port.books, port.nextRow), port.books)
      const late = lags.map((lag) => `${curve(lag.curve)};${lag.until}`).join()
      const wire = frames.map((one) => frame(one, port.nextRow)).join()
      const words = said.map((one) => (one.kind === 'booted' ? 'b' : `${one.kind}${one.sessionId}${'at' in one ? one.at : ''}`)).join()
      const text = `${own}|${session}|${fallbackW}|${limit ? curve(limit) : ''}|${late}|${Number(out)}${Number(dark)}|${wire}|${words}`
      const number = ports.add(text, port)
      booksOf[number] = own
      return number
    },
    port: (number: number): Port => ports.all[number]!,
    /** What is decided depends on this part of a port alone. */
    booksOf: (number: number): number => booksOf[number]!,
  }
}

function table<Part>() {
  const numbers = new Map<string, number>()
  const all: Part[] = []
  return {
    all,
    add(text: string, part: Part): number {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, all.length)
      return all.push(part) - 1
    },
  }
}
