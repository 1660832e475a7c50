import { counted } from '../format/number.ts'

/** Who was turned away at the door, and what to do about it: strangers are adopted, our own chargers are put right. */
export function knockingText({ strangers, ours }: { strangers: number; ours: number }): string {
  const who = [
    ...(strangers > 0 ? [counted(strangers, 'unknown charger')] : []),
    ...(ours > 0 ? [`${strangers > 0 ? ours : counted(ours, 'charger')} of your own`] : []),
  ].join(' and ')
  return [
    `${who} tried to connect and ${strangers + ours === 1 ? 'was' : 'were'} refused.`,
    ...(strangers > 0 ? ['Adopt only what you have installed yourself.'] : []),
    ...(ours > 0 ? ['Open yours to put right what is wrong.'] : []),
  ].join(' ')
}
