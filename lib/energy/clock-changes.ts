import { dayText } from '#lib/format/time.ts'
import { days, type Instant, plus } from '#lib/time/instant.ts'
import { offsetsBetween, type Zone } from '#lib/time/zone.ts'

const AHEAD = days(120)

/** Clock changes inside the next four months, in words; null where there are none. */
export function clockChangeNote(now: Instant, zone: Zone): string | null {
  const pieces = offsetsBetween(now, plus(now, AHEAD), zone)
  const notes = pieces.slice(1).map((piece, i) => {
    const hours = (piece.offsetMs - pieces[i]!.offsetMs) / 3_600_000
    const length = 24 - hours
    const day = dayText(piece.from, zone)
    return hours > 0
      ? `${day}: clocks go forward, the day has ${length} hours; what is skipped has no price.`
      : `${day}: clocks go back, the day has ${length} hours; the repeated hour has its price twice.`
  })
  return notes.length > 0 ? notes.join(' ') : null
}
