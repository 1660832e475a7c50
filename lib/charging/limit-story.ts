import type { PortView } from '#lib/api/board.ts'

/** How far a limit has come on its way into the vehicle's socket. */
export type LimitStage = 'none' | 'wanted' | 'sent' | 'accepted' | 'seen'
export type LimitStory = {
  stage: LimitStage
  /** What holds for the port as far as the charger has said, W; before its first answer what was sent or is wanted. */
  holdsW: number | null
  /** What is under way and does not hold yet, W. */
  nextW: number | null
}

/**
 * Tells wanted, sent, accepted and seen apart: a limit holds once the charger accepted it, and is believed once a reading shows it.
 * `wanted`: not sent yet; `sent`: no answer yet; `accepted`: no reading yet; `seen`: all of it.
 */
export function limitStory({ wantedW, sentW, acceptedW, seen }: PortView['limit']): LimitStory {
  const holdsW = acceptedW ?? sentW ?? wantedW
  if (holdsW === null) return { stage: 'none', holdsW, nextW: null }
  if (wantedW !== null && wantedW !== (sentW ?? acceptedW)) return { stage: 'wanted', holdsW, nextW: wantedW }
  if (sentW !== null && sentW !== acceptedW) return { stage: 'sent', holdsW, nextW: sentW }
  return { stage: seen ? 'seen' : 'accepted', holdsW, nextW: null }
}
